//! `lint`: everything that is wrong with some files, in one pass. A file that cannot be read never stops the others.

mod answer;
mod materials;

pub use answer::{FileReport, LintCounts, LintVerdict, Linted, Listed, RuleLevel, Told, Unread};

use crate::inspect::bundle::Bundle;
use crate::inspect::bytes;
use crate::inspect::findings;
use crate::inspect::question::Question;
use crate::inspect::ruleset::Ruleset;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply, Severity};
use crate::model::moment::Moment;
use crate::sys::{folder, input};
use crate::trust::reference::Reference;

use super::mend::{Fix, FixAnswer, FixTarget, mend};
use super::reading::unreadable;
use super::secrets::Secrets;
use super::unlocking::Unlocking;
use super::verify_materials::TrustSource;

/// Files that may hold certificates, by ending: what is linted in a directory.
const ENDINGS: &[&str] = &["pem", "crt", "cer", "der", "p7b", "p7c", "p12", "pfx", "jks"];

/// What is asked.
#[derive(Debug, Clone)]
pub struct LintOrder {
    /// Files and directories; `-` is standard input.
    pub files: Vec<String>,
    pub names: Vec<Reference>,
    pub trust: Vec<TrustSource>,
    pub pool: Vec<String>,
    pub crls: Vec<String>,
    /// A key that must belong to the leaf.
    pub key: Option<String>,
    /// Zone-file lines with TLSA records.
    pub tlsa: Option<String>,
    pub at: Moment,
    pub ruleset: Ruleset,
    /// Findings of this severity and worse make the answer no.
    pub fail_on: Severity,
    /// Larger files are not read.
    pub max_bytes: u64,
    /// Mend the files too; then what remains is told.
    pub fix: Option<Fix>,
}

/// Inspects every file. The materials (trust, pool, key …) must all be readable; of the files, what cannot be read is told.
pub fn lint(order: &LintOrder, secrets: &mut dyn Secrets) -> Result<Reply<Linted>, Diagnostics> {
    let Reply { answer: mut question, remarks } = materials::question(order, secrets)?;
    let mut linted = Linted::new(order);
    let mut unlocking = Unlocking::new(secrets);
    let files = files(order, &mut linted);
    one_target(order.fix.as_ref(), &files)?;
    for file in files {
        one(&file, order, &mut question, &mut unlocking, &mut linted);
    }
    Ok(Reply::new(linted, remarks))
}

/// The files that were named, and those in the directories that were.
fn files(order: &LintOrder, linted: &mut Linted) -> Vec<String> {
    let mut files = Vec::new();
    for name in &order.files {
        if name == "-" || !folder::is_folder(name) {
            files.push(name.clone());
            continue;
        }
        match folder::files(name, ENDINGS) {
            Ok(inner) => files.extend(inner),
            Err(error) => linted.unread(name, unreadable(name, &input::InputError::Io(error))),
        }
    }
    files
}

fn one(file: &str, order: &LintOrder, question: &mut Question, unlocking: &mut Unlocking<'_>, linted: &mut Linted) {
    let read = match input::read(file, order.max_bytes) {
        Ok(read) => read,
        Err(error) => return linted.unread(file, too_large_or(file, &error)),
    };
    question.file_mode = read.mode;
    let (items, errors) = unlocking.open_all(bytes::read(file, &read.bytes));
    errors.into_iter().for_each(|error| linted.unread(file, error));
    let bundle = Bundle::new(&items, question);
    if let Some(fix) = &order.fix {
        match mend(&read.bytes, &bundle, question, fix) {
            Ok((mended, text)) => {
                linted.mended.push(mended);
                return remaining(file, &text, order, question, unlocking, linted);
            }
            Err(errors) => linted.unmended.extend(errors.into_vec().into_iter().map(|error| Unread::new(file, error))),
        }
    }
    let report = findings::inspect_bundle(&bundle, question);
    linted.add(&bundle, report, order.at);
}

/// What is still to be said about a mended file.
fn remaining(
    file: &str,
    text: &[u8],
    order: &LintOrder,
    question: &Question,
    unlocking: &mut Unlocking<'_>,
    linted: &mut Linted,
) {
    // What did not open the first time was told then.
    let (items, _) = unlocking.open_all(bytes::read(file, text));
    let bundle = Bundle::new(&items, question);
    let report = findings::inspect_bundle(&bundle, question);
    linted.add(&bundle, report, order.at);
}

/// One file at a time goes to standard output or into a named file.
fn one_target(fix: Option<&Fix>, files: &[String]) -> Result<(), Diagnostics> {
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

/// The limit of `lint` is the operator's own.
fn too_large_or(file: &str, error: &input::InputError) -> Diagnostic {
    let told = unreadable(file, error);
    match error {
        input::InputError::TooLarge { .. } => told.help("--max-bytes N reads larger files"),
        _ => told,
    }
}
