//! `cert/unknown-critical-ext`

use super::TOLD;
use super::precert_poison::PRECERTIFICATE_POISON;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::dotted;
use crate::trust::extensions::Seen;

pub const RULE: Rule = Rule {
    id: "cert/unknown-critical-ext",
    severity: Severity::Error,
    decides: true,
    summary: "a critical extension that nobody knows",
    why: "Critical means: refuse the certificate if you do not know this. So every verifier does.",
    mend: "Have it signed again without the extension, or at least without the critical flag.",
    source: "RFC 5280 4.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let extensions = sheet.extensions();
    if extensions.seen.is_empty() {
        return Outcome::NotApplicable;
    }
    // The poison of precertificates has a rule of its own.
    let unknown = |seen: &&Seen| seen.critical && seen.kind.is_none() && seen.oid != PRECERTIFICATE_POISON;
    let unknown = extensions.seen.iter().filter(unknown);
    let said = |seen: &Seen| {
        Said::new(format!("{} has a critical extension that is not known: {}", sheet.name(), dotted(&seen.oid)))
    };
    Outcome::of(unknown.map(said).take(TOLD).collect())
}
