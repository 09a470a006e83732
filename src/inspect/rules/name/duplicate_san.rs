//! `name/duplicate-san`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;
use std::borrow::Cow;
use std::collections::HashSet;

pub const RULE: Rule = Rule {
    id: "name/duplicate-san",
    severity: Severity::Note,
    decides: false,
    summary: "the same name twice in subjectAltName",
    why: "It does no harm, but every handshake carries it.",
    mend: "Leave the second one out at the next request.",
    source: "RFC 5280 4.2.1.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let names = sheet.names();
    if names.is_empty() {
        return Outcome::NotApplicable;
    }
    let mut known: HashSet<Cow<'_, GeneralName>> = HashSet::with_capacity(names.len());
    let repeated = names.iter().filter(|name| !known.insert(folded(name))).take(entry::TOLD);
    let repeated: Vec<&GeneralName> = repeated.collect();
    let said = |name: &GeneralName| {
        Said::new(format!("{} stands in the subjectAltName of {} twice", entry::shown(name), sheet.name()))
    };
    Outcome::of(repeated.into_iter().map(said).collect())
}

/// Host names are the same whatever their case.
fn folded(name: &GeneralName) -> Cow<'_, GeneralName> {
    match name {
        GeneralName::Dns(host) if host.bytes().any(|octet| octet.is_ascii_uppercase()) => {
            Cow::Owned(GeneralName::Dns(host.to_ascii_lowercase()))
        }
        other => Cow::Borrowed(other),
    }
}
