//! `cert/duplicate-ext`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::dotted;
use std::collections::HashSet;

pub const RULE: Rule = Rule {
    id: "cert/duplicate-ext",
    severity: Severity::Error,
    decides: true,
    summary: "the same extension twice",
    why: "Programs look at the first or at the last of them, so two readers see two certificates. OpenSSL, Go and \
          rustls refuse it.",
    mend: "The tool that signed it is at fault: have it signed again.",
    source: "RFC 5280 4.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let seen = &sheet.extensions().seen;
    if seen.is_empty() {
        return Outcome::NotApplicable;
    }
    // Certificates have about ten; hostile ones thousands, and there the first repetition is enough.
    let mut known: HashSet<&[u8]> = HashSet::with_capacity(seen.len());
    let repeated = seen.iter().find(|seen| !known.insert(&seen.oid));
    match repeated {
        None => Outcome::Passed,
        Some(seen) => {
            let oid = dotted(&seen.oid);
            let name = seen.kind.map_or(oid.as_str(), |kind| kind.name());
            Outcome::found(Said::new(format!("{} has the extension {name} twice", sheet.name())).fact(oid))
        }
    }
}
