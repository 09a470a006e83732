//! `name/duplicate-san`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;
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
    // The usual two or three names need no table.
    let repeated: Vec<&GeneralName> = match names {
        [_] => Vec::new(),
        [a, b] => (a == b).then_some(b).into_iter().collect(),
        _ => {
            let mut known: HashSet<&GeneralName> = HashSet::with_capacity(names.len());
            names.iter().filter(|name| !known.insert(name)).take(entry::TOLD).collect()
        }
    };
    let said = |name: &GeneralName| {
        Said::new(format!("{} stands in the subjectAltName of {} twice", entry::shown(name), sheet.name()))
    };
    Outcome::of(repeated.into_iter().map(said).collect())
}
