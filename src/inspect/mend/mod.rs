//! The same file as it should be: the chain in path order, without copies and company, written anew; keys as they were.
//!
//! ```text
//! bytes + Bundle + Question ──path──▶ leaf, issuers, root as the ruleset says ──▶ PEM, and what changed
//! ```
//!
//! Pure, and idempotent: what was mended is not changed again. Where it is not certain what the file was meant to hold, it refuses.

mod keys;
mod path;
mod unread;

use std::collections::HashSet;

use zeroize::Zeroizing;

use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::fingerprint::Fingerprint;
use crate::model::place::Place;

use super::bundle::{Bundle, Member, Standing};
use super::bytes::{Damage, Form, Kind};
use super::chain::NoLeaf;
use super::question::{Aid, Question};
use super::ruleset::RootPolicy;
use path::Best;

/// A mended file.
#[derive(Debug, Clone)]
pub struct Mended {
    /// PEM with lines of 64 characters and LF. May hold a private key.
    pub text: Zeroizing<Vec<u8>>,
    /// The certificates as they stood.
    pub before: Vec<Step>,
    /// The certificates as they stand now.
    pub after: Vec<Step>,
    /// Empty when the file is as it should be, byte for byte.
    pub changes: Vec<Change>,
    /// What is still wanting, in the operator's words.
    pub lacking: Option<String>,
}

/// One certificate of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub name: String,
    pub sha256: Fingerprint,
    pub origin: Origin,
}

/// Where a certificate came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(Place),
    Pool,
    /// The URL.
    Fetched(String),
    /// The label of the store.
    Store(String),
}

/// One difference between the file and the mended file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// The thing that it happened to.
    pub what: String,
    pub why: String,
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Dropped,
    Added,
    /// The order of what was kept.
    Moved,
    /// The form of the file: line ends, markers, labels, text.
    Rewritten,
}

/// Why a file is not mended. It is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{0}")]
    NoLeaf(NoLeaf),
    /// PKCS#12, Java keystores and encrypted containers.
    #[error("a key in a file of this form ({0}) cannot be kept as it is")]
    KeyInContainer(Form),
    /// The file holds more than one chain, each with its own key.
    #[error("the file holds certificates for different keys: {0} and {1}")]
    SeveralChains(String, String),
    /// Several certificates could be the server's, and the key that would have told cannot be used.
    #[error(
        "it holds several server certificates ({0} and {1}), and the key that would tell which one to keep cannot be used"
    )]
    Undecided(String, String),
    /// Authorities that certify each other in all directions; which path was meant cannot be told in bounded time.
    #[error("too many of its certificates certify each other to tell which path is meant")]
    TooComplex,
    /// Something was not read, and the path is not complete without it or might be meant otherwise.
    #[error("{message}")]
    Unread { place: Box<Place>, message: String },
    #[error("a private key was not read")]
    UnreadKey { place: Box<Place>, message: String },
}

/// Mends what `bytes`, read as `bundle`, should have been.
///
/// The path is the one that the bundle's `best` is. The pool gives what is missing; the ruleset says what becomes of the root.
pub fn mend(bytes: &[u8], bundle: &Bundle<'_>, question: &Question) -> Result<Mended, Refusal> {
    let no_leaf = || {
        let reason = bundle.chain.as_ref().err().copied();
        Refusal::NoLeaf(reason.unwrap_or(NoLeaf::NoCertificate))
    };
    let leaf = bundle.leaf().ok_or_else(no_leaf)?;
    one_chain_only(bundle, question, leaf)?;
    let best = path::best(bundle, question).ok_or_else(no_leaf)?;
    if best.path.was_cut {
        return Err(Refusal::TooComplex);
    }
    let lost = unread::losses(bytes, bundle, question, leaf, &best)?;
    let keys = keys::texts(bytes, bundle)?;
    let kept = kept(bundle, question, &best);

    let mut text = Zeroizing::new(keys.before.join("").into_bytes());
    kept.iter().for_each(|(certificate, _)| text.extend(pem::encode("CERTIFICATE", certificate.der()).bytes()));
    keys.after.iter().for_each(|key| text.extend(key.bytes()));

    let step = |member: &Member| Step {
        name: member.name().to_owned(),
        sha256: member.sha256,
        origin: Origin::File(member.found.place.clone()),
    };
    let after: Vec<Step> = kept
        .iter()
        .map(|(certificate, origin)| Step {
            name: certificate.display_name().to_owned(),
            sha256: certificate.sha256(),
            origin: origin.clone(),
        })
        .collect();
    let changes = if text.as_slice() == bytes { Vec::new() } else { changes(bundle, question, &after, &lost) };
    Ok(Mended {
        before: bundle.members.iter().map(step).collect(),
        lacking: lacking(question, &best),
        text,
        after,
        changes,
    })
}

/// A second key with its own certificate makes a second chain; which of them to mend is not ours to say.
fn one_chain_only(bundle: &Bundle<'_>, question: &Question, leaf: &Member) -> Result<(), Refusal> {
    let own = leaf.found.certificate.public_key();
    let is_key_unusable = question.unusable.iter().any(|unusable| unusable.aid == Aid::Key);
    let other = bundle.members.iter().find(|member| member.standing == Standing::OtherLeaf);
    if let Some(other) = other.filter(|_| is_key_unusable && question.names.is_empty()) {
        return Err(Refusal::Undecided(leaf.name().to_owned(), other.name().to_owned()));
    }
    let others = bundle.sorted.keys.iter().map(|found| found.key.public()).filter(|key| *key != own);
    for key in others {
        let mut members = bundle.members.iter();
        if let Some(member) = members.find(|member| member.found.certificate.public_key() == key) {
            return Err(Refusal::SeveralChains(leaf.name().to_owned(), member.name().to_owned()));
        }
    }
    Ok(())
}

/// The certificates of the mended file, in order.
fn kept(bundle: &Bundle<'_>, question: &Question, best: &Best<'_>) -> Vec<(Certificate, Origin)> {
    let count = best.path.certificates.len();
    let is_top = |index: usize| index > 0 && index + 1 == count && best.path.is_complete;
    let wanted = |index: usize, certificate: &Certificate, origin: &Origin| {
        if !is_top(index) {
            return true;
        }
        let is_given = matches!(origin, Origin::File(_));
        match question.ruleset.root {
            RootPolicy::Require => true,
            RootPolicy::Keep => is_given,
            // An anchor that another authority signed may be what other programs need.
            RootPolicy::Drop => is_given && !certificate.is_self_signed(),
        }
    };
    let certificates = best.path.certificates.iter().enumerate();
    let with_origin = certificates.map(|(index, one)| (index, one, origin(bundle, question, one)));
    let path =
        with_origin.filter(|(index, one, origin)| wanted(*index, one, origin)).map(|(_, one, o)| (one.clone(), o));
    path.chain(best.above_gap.iter().map(|one| (one.clone(), origin(bundle, question, one)))).collect()
}

fn origin(bundle: &Bundle<'_>, question: &Question, certificate: &Certificate) -> Origin {
    if let Some(member) = bundle.member(certificate) {
        return Origin::File(member.found.place.clone());
    }
    if question.pool.iter().any(|link| link.der() == certificate.der()) {
        return Origin::Pool;
    }
    if let Some(url) = question.source(certificate.der()) {
        return Origin::Fetched(url.to_owned());
    }
    let mut stores = question.stores.iter();
    let store = stores.find(|store| store.anchors.iter().any(|link| link.der() == certificate.der()));
    Origin::Store(store.map(|store| store.label.clone()).unwrap_or_default())
}

fn lacking(question: &Question, best: &Best<'_>) -> Option<String> {
    let last = best.path.certificates.last()?;
    match (best.path.is_complete, question.ruleset.root) {
        (true, _) => None,
        (false, policy) => {
            let wanted = if policy == RootPolicy::Require { "the root is wanted, and " } else { "" };
            let kept: Vec<&str> = best.above_gap.iter().map(Certificate::display_name).collect();
            let kept = match kept.is_empty() {
                true => String::new(),
                false => format!("; kept for who finds it: {}", kept.join(", ")),
            };
            Some(format!("{wanted}nothing at hand issued {}{kept}", last.display_name()))
        }
    }
}

fn changes(bundle: &Bundle<'_>, question: &Question, after: &[Step], lost: &[&Damage]) -> Vec<Change> {
    let mut changes = dropped(bundle, question, after);
    changes.extend(lost.iter().map(|damage| Change {
        kind: ChangeKind::Dropped,
        what: damage.message.clone(),
        why: "it cannot be read, and the path is complete without it".into(),
        place: Some(damage.place.clone()),
    }));
    changes.extend(after.iter().filter_map(added));
    let places: Vec<_> = after
        .iter()
        .filter_map(|step| bundle.members.iter().find(|member| member.sha256 == step.sha256))
        .map(|member| member.index)
        .collect();
    if !places.is_sorted() {
        let names: Vec<&str> = after.iter().map(|step| step.name.as_str()).collect();
        changes.push(Change {
            kind: ChangeKind::Moved,
            what: names.join(", "),
            why: "the leaf comes first, and then each is the issuer of the one before".into(),
            place: None,
        });
    }
    changes.extend(rewritten(bundle, changes.is_empty()));
    changes
}

fn dropped(bundle: &Bundle<'_>, question: &Question, after: &[Step]) -> Vec<Change> {
    let mut seen = HashSet::new();
    let stays: HashSet<Fingerprint> = after.iter().map(|step| step.sha256).collect();
    let members = bundle.members.iter().filter_map(|member| {
        let is_copy = !seen.insert(member.sha256);
        let why = match member.standing {
            _ if is_copy => "it stands there already",
            _ if stays.contains(&member.sha256) => return None,
            Standing::Root => root_reason(question.ruleset.root),
            Standing::OtherLeaf => "it is another end-entity certificate",
            Standing::Alternative | Standing::Intermediate => "it is not on the best path",
            Standing::Stranger | Standing::Leaf => "it is on no path from the leaf",
        };
        Some(Change {
            kind: ChangeKind::Dropped,
            what: member.name().to_owned(),
            why: why.into(),
            place: Some(member.found.place.clone()),
        })
    });
    let mut changes: Vec<Change> = members.collect();
    changes.extend(bundle.items.items.iter().filter_map(|item| {
        let what = match &item.kind {
            Kind::Request(_) => "a signing request",
            Kind::PublicKey(_) => "a public key",
            Kind::Other(what) => what.as_str(),
            Kind::Certificate(_) | Kind::Key(_) | Kind::UnusableKey(_) | Kind::Locked(_) => return None,
        };
        Some(Change {
            kind: ChangeKind::Dropped,
            what: what.to_owned(),
            why: "it is no part of a chain".into(),
            place: Some(item.place.clone()),
        })
    }));
    changes
}

fn root_reason(policy: RootPolicy) -> &'static str {
    match policy {
        RootPolicy::Drop => "clients have the root themselves",
        RootPolicy::Keep | RootPolicy::Require => "another root ends the best path",
    }
}

fn added(step: &Step) -> Option<Change> {
    let why = match &step.origin {
        Origin::File(_) => return None,
        Origin::Pool => "the path needs it; from the pool".to_owned(),
        Origin::Fetched(url) => format!("the path needs it; fetched from {url}"),
        Origin::Store(label) => format!("the ruleset wants the root; from the store {label}"),
    };
    Some(Change { kind: ChangeKind::Added, what: step.name.clone(), why, place: None })
}

/// The form, where it was not that of RFC 7468 section 2; `alone` when nothing else changed.
fn rewritten(bundle: &Bundle<'_>, alone: bool) -> Option<Change> {
    let mut rules: Vec<&str> = bundle.items.damages.iter().map(|damage| damage.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    if rules.is_empty() && !alone && bundle.items.form == Form::Pem {
        return None;
    }
    let what = if rules.is_empty() { bundle.items.form.to_string() } else { rules.join(", ") };
    let why = "PEM with lines of 64 characters and LF is what every program reads".into();
    Some(Change { kind: ChangeKind::Rewritten, what, why, place: None })
}
