//! `name/san-critical`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "name/san-critical",
    severity: Severity::Note,
    decides: true,
    summary: "a critical subjectAltName beside a subject",
    why: "It has to be critical only where the subject is empty. All clients take it; public CAs must not sign it.",
    mend: "Nothing to do for a server; the CA has to leave the flag out.",
    source: "RFC 5280 4.2.1.6, Baseline Requirements 7.1.2.7.12",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match sheet.critical(Kind::SubjectAltName) {
        Some(critical) if !sheet.certificate().subject().is_empty() => Outcome::unless(!critical, || {
            Said::new(format!("the subjectAltName of {} is critical", sheet.name()))
                .fact(format!("its subject is `{}`", sheet.certificate().subject()))
        }),
        _ => Outcome::NotApplicable,
    }
}
