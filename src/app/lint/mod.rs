//! `lint`: everything that is wrong with some files, in one pass. A file that cannot be read never stops the others.

mod accepting;
mod answer;
mod baseline;
mod excerpt;
mod materials;
mod run;
mod settings;
mod waivers;

pub use answer::{FileReport, LintCounts, LintVerdict, Linted, Listed, RuleLevel, Told, Unread, Waived};

use accepting::Accepted;
use baseline::Known;
pub use excerpt::Excerpt;
use excerpt::Excerpts;
use run::Run;
use settings::Questions;

use crate::inspect::bundle::Bundle;
use crate::inspect::bytes;
use crate::inspect::findings;
use crate::inspect::question::Question;
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

/// The ruleset of a run that names none.
pub const DEFAULT_RULESET: &str = "public-tls";

/// What is asked. What is empty or `None` here may come from a settings file (`settings`).
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
    /// MTA-STS policy whose mail exchangers the leaf must cover.
    pub mta_sts: Option<String>,
    /// A built-in ruleset or a file.
    pub ruleset: Option<String>,
    /// `RULE=LEVEL`
    pub severities: Vec<String>,
    /// Findings that are let pass, with reasons.
    pub waivers: Option<String>,
    /// Findings that are known.
    pub baseline: Option<String>,
    /// Where the findings of this run are written as a baseline.
    pub write_baseline: Option<String>,
    /// Findings of this severity and worse make the answer no.
    pub fail_on: Severity,
    /// Larger files are not read.
    pub max_bytes: u64,
    /// Mend the files too; then what remains is told.
    pub fix: Option<Fix>,
}

/// Inspects every file. The materials (trust, pool, key …) must all be readable; of the files, what cannot be read is told.
/// `progress` is told how many files of how many are done.
pub fn lint(
    order: &LintOrder,
    secrets: &mut (dyn Secrets + Send),
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Reply<Linted>, Diagnostics> {
    let accepted = Accepted::read(order.waivers.as_deref(), order.baseline.as_deref(), order.at)?;
    let mut linted = Linted::new(order);
    let files = files(order, &mut linted);
    one_target(order.fix.as_ref(), &files)?;
    let Reply { answer: questions, mut remarks } = Questions::prepare(order, &files, secrets)?;
    Run { order, files: &files, questions: &questions, accepted: &accepted, progress }.start(secrets, &mut linted);
    remarks.extend(accepted.waivers.remarks());
    if let Some(file) = &order.write_baseline {
        let known = linted.files.iter().flat_map(|report| &report.findings).map(|told| Known {
            fingerprint: told.fingerprint.clone(),
            rule: told.rule.to_owned(),
            file: told.file.clone(),
        });
        baseline::write(file, known.collect())?;
        linted.is_failed = false;
    }
    Ok(Reply::new(linted, remarks))
}

/// The files that were named, and those in the directories that were.
fn files(order: &LintOrder, linted: &mut Linted) -> Vec<String> {
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

fn one(
    file: &str,
    order: &LintOrder,
    question: &mut Question,
    accepted: &Accepted,
    unlocking: &mut Unlocking<'_>,
    linted: &mut Linted,
) {
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
                return remaining(file, &text, question, accepted, unlocking, linted);
            }
            Err(errors) => linted.unmended.extend(errors.into_vec().into_iter().map(|error| Unread::new(file, error))),
        }
    }
    let report = findings::inspect_bundle(&bundle, question);
    linted.add(&bundle, report, question, accepted, &Excerpts::of(&read.bytes, &items));
}

/// What is still to be said about a mended file.
fn remaining(
    file: &str,
    text: &[u8],
    question: &Question,
    accepted: &Accepted,
    unlocking: &mut Unlocking<'_>,
    linted: &mut Linted,
) {
    // What did not open the first time was told then.
    let (items, _) = unlocking.open_all(bytes::read(file, text));
    let bundle = Bundle::new(&items, question);
    let report = findings::inspect_bundle(&bundle, question);
    linted.add(&bundle, report, question, accepted, &Excerpts::of(text, &items));
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
