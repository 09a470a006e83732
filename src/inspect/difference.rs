//! What is different between two chains for one purpose, as a person would put it: is this the renewal, or something else?

use std::collections::BTreeSet;

use x509_parser::prelude::{FromDer, X509Name};

use crate::model::certificate::{Certificate, SubjectAltName};
use crate::model::distinguished_name::DistinguishedName;
use crate::model::moment::{self, Moment};

use super::chain::Chain;

/// One thing that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub aspect: Aspect,
    /// More than a routine renewal does: somebody who relies on the old chain may notice.
    pub is_material: bool,
    /// `None` for what is new.
    pub old: Option<String>,
    /// `None` for what is gone.
    pub new: Option<String>,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    Subject,
    Name,
    Key,
    KeyType,
    Issuer,
    Usage,
    Signature,
    Intermediate,
    Root,
    /// The last day.
    NotAfter,
    /// How long it is valid as a whole, in days.
    Lifetime,
    Serial,
}

/// Everything that differs, in a fixed order. Empty when both chains are the same, certificate by certificate.
///
/// Routine: another serial number, period, key of the same kind, another intermediate of the same organization. Material: names,
/// kind of key, usage, issuing organization, root, a chain that lost its intermediates, an end earlier than before.
pub fn differences(old: &Chain, new: &Chain, at: Moment) -> Vec<Difference> {
    let (before, after) = (&old.leaf.certificate, &new.leaf.certificate);
    let mut list = Differences::default();
    list.text(Aspect::Subject, true, before.subject().as_str(), after.subject().as_str());
    list.sets(Aspect::Name, true, names(before), names(after));
    if before.public_key() != after.public_key() {
        list.text(Aspect::KeyType, true, &before.key_kind().to_string(), &after.key_kind().to_string());
        let prints = [before, after].map(|one| one.public_key().fingerprint().to_string());
        list.text(Aspect::Key, false, &prints[0], &prints[1]);
    }
    let is_other_house = organization(before.issuer()) != organization(after.issuer());
    list.text(Aspect::Issuer, is_other_house, before.issuer().as_str(), after.issuer().as_str());
    list.sets(Aspect::Usage, true, usages(before), usages(after));
    list.text(Aspect::Signature, false, before.signature_algorithm(), after.signature_algorithm());
    let lost = !old.intermediates.is_empty() && new.intermediates.is_empty();
    list.sets(Aspect::Intermediate, lost, intermediates(old), intermediates(new));
    roots(old, new, &mut list);
    periods(before, after, at, &mut list);
    list.text(Aspect::Serial, false, before.serial(), after.serial());
    list.0
}

#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn text(&mut self, aspect: Aspect, is_material: bool, old: &str, new: &str) {
        if old != new {
            self.0.push(Difference { aspect, is_material, old: Some(old.into()), new: Some(new.into()) });
        }
    }

    /// What went, then what came.
    fn sets(&mut self, aspect: Aspect, is_material: bool, old: BTreeSet<String>, new: BTreeSet<String>) {
        let gone =
            old.difference(&new).map(|one| Difference { aspect, is_material, old: Some(one.clone()), new: None });
        let came =
            new.difference(&old).map(|one| Difference { aspect, is_material, old: None, new: Some(one.clone()) });
        self.0.extend(gone.chain(came));
    }
}

/// Host names compare without case.
fn names(certificate: &Certificate) -> BTreeSet<String> {
    let name = |name: &SubjectAltName| match name {
        SubjectAltName::Dns(name) => format!("DNS:{}", name.to_ascii_lowercase()),
        SubjectAltName::Ip(address) => format!("IP:{address}"),
        SubjectAltName::Email(mailbox) => format!("email:{mailbox}"),
        SubjectAltName::Uri(uri) => format!("URI:{uri}"),
        SubjectAltName::Other(other) => other.clone(),
    };
    certificate.subject_alt_names().iter().map(name).collect()
}

fn usages(certificate: &Certificate) -> BTreeSet<String> {
    let extended = certificate.extended_key_usage().into_iter().flatten().cloned();
    let plain = certificate.key_usage().into_iter().flatten().map(|usage| (*usage).to_owned());
    extended.chain(plain).collect()
}

fn intermediates(chain: &Chain) -> BTreeSet<String> {
    chain.intermediates.iter().map(|found| found.certificate.subject().to_string()).collect()
}

/// The organization of an issuer; the whole name where it has none.
fn organization(name: &DistinguishedName) -> String {
    let parsed = X509Name::from_der(name.der()).ok().map(|(_, name)| name);
    let organization = parsed.as_ref().and_then(|name| name.iter_organization().next()?.as_str().ok());
    organization.map_or_else(|| name.to_string(), str::to_owned)
}

/// A file need not hold its root; only two that are there can differ.
fn roots(old: &Chain, new: &Chain, list: &mut Differences) {
    let (Some(before), Some(after)) = (&old.root, &new.root) else { return };
    let (before, after) = (&before.certificate, &after.certificate);
    let is_same = before.subject().der() == after.subject().der() && before.public_key() == after.public_key();
    if !is_same {
        list.0.push(Difference {
            aspect: Aspect::Root,
            is_material: true,
            old: Some(before.subject().to_string()),
            new: Some(after.subject().to_string()),
        });
    }
}

fn periods(before: &Certificate, after: &Certificate, at: Moment, list: &mut Differences) {
    let ends_earlier = after.not_after() < before.not_after() || !after.is_valid_at(at);
    let ends = [before, after].map(|one| moment::date_and_distance(one.not_after(), at));
    if before.not_after() != after.not_after() {
        list.text(Aspect::NotAfter, ends_earlier, &ends[0], &ends[1]);
    }
    let days = |one: &Certificate| moment::remaining_days(one.not_after(), one.not_before()).unsigned_abs();
    let lives = [days(before), days(after)];
    // A day more or less is the clock of the authority.
    if lives[0].abs_diff(lives[1]) > 1 {
        let lives = lives.map(|days| moment::plural(days, "day"));
        list.text(Aspect::Lifetime, false, &lives[0], &lives[1]);
    }
}
