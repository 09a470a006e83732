//! `name/no-san`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "name/no-san",
    severity: Severity::Error,
    decides: true,
    summary: "a server certificate without subjectAltName",
    why: "Clients look for host names in subjectAltName and nowhere else: Go, rustls, Python and browsers ignore \
          the common name, OpenSSL and Postfix still take it.",
    mend: "Have it signed with its host names: `sealpost cert request PROFILE --cn NAME --san NAME`.",
    source: "RFC 9525 2, Baseline Requirements 7.1.2.7.12",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match (sheet.critical(Kind::SubjectAltName), &sheet.extensions().alt_names) {
        (None, _) if !sheet.is_end_entity() => Outcome::NotApplicable,
        (None, _) => Outcome::found(
            Said::new(format!("{} has no subjectAltName", sheet.name()))
                .fact(format!("its subject is `{}`", sheet.certificate().subject())),
        ),
        (Some(_), Some(names)) if names.is_empty() => {
            Outcome::found(Said::new(format!("the subjectAltName of {} is empty", sheet.name())))
        }
        (Some(_), Some(_)) => Outcome::Passed,
        (Some(_), None) => Outcome::NotCheckable("subjectAltName that can be read"),
    }
}
