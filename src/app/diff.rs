//! `diff`: is the new chain the renewal of the old one, or something else? No home is needed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::certificates::Certificates;
use crate::inspect::chain::{Chain, NoLeaf};
use crate::inspect::difference::{Aspect, Difference, differences};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::{self, Moment};
use crate::model::place::Place;

use super::reading::{self, Source};
use super::secrets::Secrets;
use crate::model::shell_word::shell_word;

/// What came of a comparison.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Compared {
    pub verdict: Likeness,
    pub old: Side,
    pub new: Side,
    pub differences: Vec<DifferenceView>,
}

/// How alike two chains are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same chain, certificate by certificate.
    Same,
    /// What a renewal changes, and nothing else.
    RoutineRenewal,
    /// Somebody who relies on the old chain may notice.
    MaterialChange,
}

/// The leaf of one of the two files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Side {
    pub file: String,
    pub name: String,
    pub subject: String,
    pub issuer: String,
    pub not_before: String,
    pub not_after: String,
    pub sha256: Fingerprint,
    /// Of the public key, over the SubjectPublicKeyInfo.
    pub key_sha256: Fingerprint,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DifferenceView {
    pub aspect: Aspect,
    pub material: bool,
    /// Absent for what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// Absent for what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// Compares the chain of one file with that of another.
pub fn diff(old: &str, new: &str, at: Moment, secrets: &mut dyn Secrets) -> Result<Reply<Compared>, Diagnostics> {
    let reading = reading::read_all(&Source::files([old, new]), secrets)?;
    let chain = |index: usize, name: &str| {
        let items = reading.files.get(index).map(|file| file.items.as_slice()).unwrap_or_default();
        arranged(name, &Certificates::of(items), at)
    };
    let (before, after) = match (chain(0, old), chain(1, new)) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let errors = before.err().into_iter().chain(after.err()).map(|error| *error).collect();
            return Err(Diagnostics::if_errors(errors).unwrap_or_else(|| no_leaf(new, NoLeaf::NoCertificate).into()));
        }
    };
    let differences = differences(&before, &after, at);
    let verdict = match &differences {
        list if list.iter().any(|one| one.is_material) => Likeness::MaterialChange,
        list if list.is_empty() && before.leaf.certificate == after.leaf.certificate => Likeness::Same,
        _ => Likeness::RoutineRenewal,
    };
    let answer = Compared {
        verdict,
        old: side(old, &before),
        new: side(new, &after),
        differences: differences.into_iter().map(view).collect(),
    };
    Ok(Reply::new(answer, reading.remarks))
}

fn arranged(file: &str, given: &Certificates, at: Moment) -> Result<Chain, Box<Diagnostic>> {
    let key = given.keys.first().map(|found| found.key.public());
    let chain = Chain::arrange(&given.certificates, key, at);
    chain.or_else(|_| Chain::arrange(&given.certificates, None, at)).map_err(|reason| Box::new(no_leaf(file, reason)))
}

fn no_leaf(file: &str, reason: NoLeaf) -> Diagnostic {
    let name = if file == "-" { "standard input".to_owned() } else { format!("`{file}`") };
    let code = match reason {
        NoLeaf::NoCertificate => "pem/no-certificate",
        NoLeaf::NoneForKey | NoLeaf::KeyOfAuthority => "key/mismatch",
        NoLeaf::OnlyAuthorities => "chain/no-leaf",
    };
    Diagnostic::error(code, format!("there is no chain in {name} to compare"))
        .at(Place::file(file))
        .fact(reason.to_string())
        .help(format!("sealpost show {}", shell_word(file)))
}

fn side(file: &str, chain: &Chain) -> Side {
    let leaf = &chain.leaf.certificate;
    Side {
        file: file.to_owned(),
        name: leaf.display_name().to_owned(),
        subject: leaf.subject().to_string(),
        issuer: leaf.issuer().to_string(),
        not_before: moment::rfc3339(leaf.not_before()),
        not_after: moment::rfc3339(leaf.not_after()),
        sha256: leaf.sha256(),
        key_sha256: leaf.public_key().fingerprint(),
    }
}

fn view(difference: Difference) -> DifferenceView {
    let Difference { aspect, is_material, old, new } = difference;
    DifferenceView { aspect, material: is_material, old, new }
}
