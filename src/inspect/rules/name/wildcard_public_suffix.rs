//! `name/wildcard-public-suffix`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::public_suffix::is_public_suffix;

pub const RULE: Rule = Rule {
    id: "name/wildcard-public-suffix",
    severity: Severity::Warning,
    decides: false,
    summary: "a wildcard for a domain under which anybody can register",
    why: "`*.co.uk` would cover the servers of strangers. No public CA signs it and browsers refuse it.",
    mend: "Name your own domain: `*.example.co.uk`.",
    source: "RFC 9525 7.1, Baseline Requirements 3.2.2.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let parents = || entry::hosts(sheet).filter_map(|host| host.strip_prefix("*."));
    if parents().next().is_none() {
        return Outcome::NotApplicable;
    }
    let wrong = parents()
        // One label is name/wildcard's.
        .filter(|parent| parent.contains('.') && is_public_suffix(parent))
        .map(|parent| Said::new(format!("the wildcard `*.{parent}` of {} covers a public suffix", sheet.name())));
    Outcome::of(wrong.take(entry::TOLD).collect())
}
