//! `name/wildcard-public-suffix`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "name/wildcard-public-suffix",
    severity: Severity::Warning,
    decides: false,
    summary: "a wildcard for a domain under which anybody can register",
    why: "`*.co.uk` would cover the servers of strangers. No public CA signs it and browsers refuse it.",
    mend: "Name your own domain: `*.example.co.uk`.",
    source: "Baseline Requirements 3.2.2.6",
    fixable: false,
    check: Check::Certificate(check),
};

/// Second-level labels under which country registries register for anybody. The public suffix list has the rest; it changes
/// weekly, and this program does not carry it.
const CATEGORIES: [&str; 16] =
    ["ac", "co", "com", "edu", "firm", "gob", "gov", "info", "ltd", "me", "ne", "net", "nom", "or", "org", "plc"];

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let parents = || entry::hosts(sheet).filter_map(|host| host.strip_prefix("*."));
    if parents().next().is_none() {
        return Outcome::NotApplicable;
    }
    let wrong = parents()
        .filter(|parent| is_public_suffix(parent))
        .map(|parent| Said::new(format!("the wildcard `*.{parent}` of {} covers a public suffix", sheet.name())));
    Outcome::of(wrong.take(entry::TOLD).collect())
}

fn is_public_suffix(parent: &str) -> bool {
    match parent.split_once('.') {
        // One label is name/wildcard's.
        None => false,
        Some((category, country)) => {
            let is_country = country.len() == 2 && country.bytes().all(|octet| octet.is_ascii_alphabetic());
            is_country && CATEGORIES.iter().any(|known| category.eq_ignore_ascii_case(known))
        }
    }
}
