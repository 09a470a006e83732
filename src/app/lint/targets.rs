//! Which files are linted, and whether what is mended has somewhere to go.

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::{folder, input};

use super::super::mend::{Fix, FixAnswer, FixTarget};
use super::super::reading::unreadable;
use super::{LintOrder, Linted};

/// Files that may hold certificates, by ending: what is linted in a directory.
const ENDINGS: &[&str] = &["pem", "crt", "cer", "der", "p7b", "p7c", "p12", "pfx", "jks"];

/// The files that were named, and those in the directories that were.
pub(super) fn files(order: &LintOrder, linted: &mut Linted) -> Vec<String> {
    let mut files = Vec::new();
    let mut stdin_is_used = false;
    for name in &order.files {
        if name == "-" && std::mem::replace(&mut stdin_is_used, true) {
            continue;
        }
        if name == "-" || !folder::is_folder(name) {
            files.push(name.clone());
            continue;
        }
        let folder::Walk { files: inner, refused } = folder::walk(name, ENDINGS);
        if inner.is_empty() && refused.is_empty() {
            linted.unread(name, no_files(name));
        }
        files.extend(inner);
        for (folder, error) in refused {
            linted.unread(&folder, unreadable(&folder, &input::InputError::Io(error)));
        }
    }
    files
}

fn no_files(folder: &str) -> Diagnostic {
    Diagnostic::error("lint/no-files", format!("there is no certificate file in `{folder}`"))
        .fact(format!("looked for files that end in .{}", ENDINGS.join(", .")))
        .help("name the files themselves")
}

/// One file at a time goes to standard output or into a named file.
pub(super) fn one_target(fix: Option<&Fix>, files: &[String]) -> Result<(), Diagnostics> {
    let Some(fix) = fix else { return Ok(()) };
    if fix.target == FixTarget::Output && !fix.difference && fix.answer == FixAnswer::Findings {
        return Err(Diagnostic::error("lint/no-output", "a report of this form has no place for the mended file")
            .fact("nothing was changed")
            .help("add --out FILE or --in-place")
            .into());
    }
    let into = match (&fix.target, fix.difference) {
        (FixTarget::InPlace, _) | (FixTarget::Output, true) => return Ok(()),
        (FixTarget::Output, false) => "standard output",
        (FixTarget::File { .. }, _) => "one file",
    };
    if files.len() <= 1 {
        return Ok(());
    }
    Err(Diagnostic::error("lint/several-files", format!("{} files cannot be mended into {into}", files.len()))
        .fact("nothing was changed")
        .help("name one file, or add --in-place")
        .into())
}
