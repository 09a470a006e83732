//! `cert/pc-not-critical`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/pc-not-critical",
    severity: Severity::Warning,
    decides: true,
    summary: "policyConstraints that are not critical",
    why: "A program that does not know the extension does not keep to the limit; strict verifiers refuse the \
          chain.",
    mend: "Nothing to do for a server; the CA has to sign it as critical.",
    source: "RFC 5280 4.2.1.11",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match sheet.critical(Kind::PolicyConstraints) {
        Some(critical) => Outcome::unless(critical, || {
            Said::new(format!("the policyConstraints of {} is not critical", sheet.name()))
        }),
        None => Outcome::NotApplicable,
    }
}
