//! `cert/ca-empty-subject`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/ca-empty-subject",
    severity: Severity::Warning,
    decides: true,
    summary: "a CA certificate without a subject",
    why: "The certificates it signs name it by its subject, and there is nothing to name. Strict verifiers refuse \
          it.",
    mend: "Ask the CA for the current intermediate.",
    source: "RFC 5280 4.1.2.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.certificate().is_ca() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(!sheet.certificate().subject().is_empty(), || {
        Said::new("a CA certificate has no subject").fact(format!("serial number {}", sheet.certificate().serial()))
    })
}
