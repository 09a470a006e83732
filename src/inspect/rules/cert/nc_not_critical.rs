//! `cert/nc-not-critical`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/nc-not-critical",
    severity: Severity::Warning,
    decides: false,
    summary: "nameConstraints that are not critical",
    why: "A program that does not know the extension does not keep to the limit. Apple's old systems are the \
          reason why some CAs leave the flag out.",
    mend: "Nothing to do for a server; the CA has to sign it as critical.",
    source: "RFC 5280 4.2.1.10; Baseline Requirements 7.1.2.10.8 (which let it pass)",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match sheet.critical(Kind::NameConstraints) {
        Some(critical) => {
            Outcome::unless(critical, || Said::new(format!("the nameConstraints of {} are not critical", sheet.name())))
        }
        None => Outcome::NotApplicable,
    }
}
