//! `lint --fix`: what was mended, where it went, and why a file was not mended.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::inspect::bundle::Bundle;
use crate::inspect::bytes::Form;
use crate::inspect::mend::{self, Change, ChangeKind, Mended, Origin, Refusal, Step};
use crate::inspect::question::Question;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fingerprint::Fingerprint;
use crate::model::place::Place;
use crate::sys::output::{self, Existing};

use super::exporting::unwritten;
use crate::model::shell_word::shell_word;

/// How a file is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub target: FixTarget,
    /// Before and after are wanted instead of the mended file on standard output.
    pub difference: bool,
    pub answer: FixAnswer,
}

/// What standard output is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixAnswer {
    /// The mended file.
    Bytes,
    /// A JSON object, with the mended file in it.
    Json,
    /// Findings in a form that has no place for a mended file.
    Findings,
}

/// Where a mended file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixTarget {
    Output,
    File { path: String, force: bool },
    InPlace,
}

/// A mended file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MendedFile {
    pub file: String,
    pub before: Vec<StepView>,
    pub after: Vec<StepView>,
    pub changes: Vec<ChangeView>,
    /// What is still wanting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacking: Option<String>,
    /// The file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// The mended file, when it was not written; never with a key in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pem: Option<String>,
    /// Before and after are to be shown.
    #[serde(skip)]
    pub shows_difference: bool,
    /// For standard output. May hold a key.
    #[serde(skip)]
    pub output: Option<Zeroizing<Vec<u8>>>,
}

/// One certificate, before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepView {
    pub name: String,
    pub sha256: Fingerprint,
    /// `file`, `pool`, the URL it was fetched from, or the label of a trust store.
    pub origin: String,
}

/// One change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeView {
    pub change: ChangeName,
    pub what: String,
    pub why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeName {
    Dropped,
    Added,
    Moved,
    Rewritten,
}

/// Mends one file and writes it where it shall go. Gives the mended bytes too, so that what remains can be told.
pub fn mend(
    bytes: &[u8],
    bundle: &Bundle<'_>,
    question: &Question,
    fix: &Fix,
) -> Result<(MendedFile, Zeroizing<Vec<u8>>), Diagnostics> {
    let file = bundle.items.file.as_str();
    let is_pem = bundle.items.form == Form::Pem;
    if fix.target == FixTarget::InPlace && !is_pem && bundle.leaf().is_some() {
        return Err(not_in_place(file, bundle.items.form).into());
    }
    let mended = mend::mend(bytes, bundle, question).map_err(|refusal| refused(file, &refusal))?;
    let holds_key = mended.text.windows(11).any(|window| window == b"PRIVATE KEY");
    let written = written(file, &mended, holds_key, &fix.target)?;
    let for_output = fix.target == FixTarget::Output && !fix.difference;
    if for_output && fix.answer == FixAnswer::Json && holds_key {
        return Err(key_in_json(file).into());
    }
    let pem = (for_output && fix.answer == FixAnswer::Json).then(|| String::from_utf8_lossy(&mended.text).into_owned());
    let view = MendedFile {
        file: file.to_owned(),
        before: mended.before.iter().map(step).collect(),
        after: mended.after.iter().map(step).collect(),
        changes: mended.changes.into_iter().map(change).collect(),
        lacking: mended.lacking,
        written,
        pem,
        shows_difference: fix.difference,
        output: (for_output && fix.answer == FixAnswer::Bytes).then(|| mended.text.clone()),
    };
    Ok((view, mended.text))
}

fn written(file: &str, mended: &Mended, holds_key: bool, target: &FixTarget) -> Result<Option<String>, Diagnostics> {
    match target {
        FixTarget::Output => Ok(None),
        FixTarget::File { path, force } => {
            let mode = if holds_key { 0o600 } else { 0o644 };
            let existing = if *force { Existing::Replace } else { Existing::Keep };
            output::write(Path::new(path), &mended.text, mode, existing).map_err(|error| unwritten(path, &error))?;
            Ok(Some(path.clone()))
        }
        FixTarget::InPlace if mended.changes.is_empty() => Ok(None),
        FixTarget::InPlace if file == "-" => {
            Err(Diagnostic::error("lint/not-in-place", "standard input cannot be mended in place")
                .help("sealpost lint --fix - > mended.pem")
                .into())
        }
        FixTarget::InPlace => {
            output::replace(Path::new(file), &mended.text).map_err(|error| unwritten(file, &error))?;
            Ok(Some(file.to_owned()))
        }
    }
}

fn step(step: &Step) -> StepView {
    let origin = match &step.origin {
        Origin::File(_) => "file".to_owned(),
        Origin::Pool => "pool".to_owned(),
        Origin::Fetched(url) => url.clone(),
        Origin::Store(label) => label.clone(),
    };
    StepView { name: step.name.clone(), sha256: step.sha256, origin }
}

fn change(change: Change) -> ChangeView {
    let name = match change.kind {
        ChangeKind::Dropped => ChangeName::Dropped,
        ChangeKind::Added => ChangeName::Added,
        ChangeKind::Moved => ChangeName::Moved,
        ChangeKind::Rewritten => ChangeName::Rewritten,
    };
    ChangeView { change: name, what: change.what, why: change.why, place: change.place }
}

fn not_in_place(file: &str, form: Form) -> Diagnostic {
    let (word, article) = (shell_word(file), if form == Form::Der { "a DER file" } else { "a file of another form" });
    Diagnostic::error("lint/not-in-place", format!("`{file}` is {form}, and a mended chain is PEM"))
        .at(Place::file(file))
        .fact(format!("programs that expect {article} would not read it any more"))
        .fact("nothing was changed")
        .help(format!("sealpost convert {word} --to pem --out {}", shell_word(&format!("{file}.pem"))))
}

fn key_in_json(file: &str) -> Diagnostic {
    Diagnostic::error("lint/key-in-json", format!("`{file}` holds a private key, which is never written into JSON"))
        .fact("nothing was written")
        .help(format!("sealpost lint --fix {} --format json --out mended.pem", shell_word(file)))
}

fn refused(file: &str, refusal: &Refusal) -> Diagnostics {
    let word = shell_word(file);
    let not_mended = |code: &'static str| Diagnostic::error(code, format!("`{file}` was not mended: {refusal}"));
    let diagnostic = match refusal {
        Refusal::NoLeaf(_) => not_mended("chain/no-leaf").at(Place::file(file)).help(format!("sealpost show {word}")),
        Refusal::KeyInContainer(_) => not_mended("lint/key-in-container")
            .at(Place::file(file))
            .help(format!("sealpost convert {word} --to pem --out mended.pem")),
        Refusal::SeveralChains(..) => not_mended("chain/multiple-leaves")
            .at(Place::file(file))
            .help("put each key and its chain into a file of its own, and mend one after the other"),
        Refusal::Undecided(..) => not_mended("chain/multiple-leaves")
            .at(Place::file(file))
            .help("give a key that can be used, or the host name with --hostname, or leave --key out"),
        Refusal::TooComplex => not_mended("chain/too-complex")
            .at(Place::file(file))
            .help("keep the certificates that your authority gave you, and give the others with --pool FILE"),
        Refusal::Unread { place, .. } => not_mended("pem/malformed")
            .at((**place).clone())
            .fact("what could not be read there may be a part of the chain")
            .help("ask whoever sent the file for the whole of it, or give what is missing with --pool FILE"),
        Refusal::UnreadKey { place, message } => not_mended("pem/malformed")
            .at((**place).clone())
            .fact(message)
            .help("restore the key from where it was made"),
    };
    diagnostic.fact("nothing was changed").into()
}
