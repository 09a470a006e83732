//! `cert/bc-not-critical`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/bc-not-critical",
    severity: Severity::Warning,
    decides: true,
    summary: "a CA certificate whose basicConstraints is not critical",
    why: "A program that does not know the extension would not see the limit on the path. OpenSSL in strict mode \
          refuses it.",
    mend: "Ask the CA for the current intermediate.",
    source: "RFC 5280 4.2.1.9",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match sheet.critical(Kind::BasicConstraints) {
        Some(critical) if sheet.certificate().is_ca() => Outcome::unless(critical, || {
            Said::new(format!("the basicConstraints of the CA certificate {} is not critical", sheet.name()))
        }),
        _ => Outcome::NotApplicable,
    }
}
