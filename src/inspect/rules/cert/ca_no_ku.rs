//! `cert/ca-no-ku`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/ca-no-ku",
    severity: Severity::Error,
    decides: true,
    summary: "a CA certificate without keyUsage",
    why: "It does not say that it may sign certificates. OpenSSL in strict mode and browsers' checks of public CAs \
          refuse it.",
    mend: "Ask the CA for the current intermediate.",
    source: "RFC 5280 4.2.1.3",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.certificate().is_ca() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(sheet.critical(Kind::KeyUsage).is_some(), || {
        let said = Said::new(format!("the CA certificate {} has no keyUsage", sheet.name()));
        // Old roots have none, and what a root says of itself binds nobody.
        if sheet.is_self_issued() { said.at_most(Severity::Note) } else { said.fact("a CA needs keyCertSign") }
    })
}
