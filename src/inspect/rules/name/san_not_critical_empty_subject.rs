//! `name/san-not-critical-empty-subject`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "name/san-not-critical-empty-subject",
    severity: Severity::Warning,
    decides: true,
    summary: "an empty subject, and a subjectAltName that is not critical",
    why: "A program that does not know subjectAltName sees a certificate for nobody. Strict verifiers refuse it.",
    mend: "Have it signed with a critical subjectAltName, or with a common name: `sealpost cert request PROFILE \
          --cn NAME`.",
    source: "RFC 5280 4.2.1.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match sheet.critical(Kind::SubjectAltName) {
        Some(critical) if sheet.certificate().subject().is_empty() => Outcome::unless(critical, || {
            Said::new(format!("the subject of {} is empty, and its subjectAltName is not critical", sheet.name()))
        }),
        _ => Outcome::NotApplicable,
    }
}
