//! `cert/nc-not-in-ca`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/nc-not-in-ca",
    severity: Severity::Warning,
    decides: true,
    summary: "nameConstraints in a certificate that is no CA's",
    why: "They limit what a CA signs, and this certificate signs nothing. Strict verifiers refuse it.",
    mend: "Have it signed again without nameConstraints.",
    source: "RFC 5280 4.2.1.10",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if sheet.critical(Kind::NameConstraints).is_none() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(sheet.certificate().is_ca(), || {
        Said::new(format!("{} has nameConstraints and is no CA certificate", sheet.name()))
    })
}
