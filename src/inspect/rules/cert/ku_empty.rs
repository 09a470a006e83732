//! `cert/ku-empty`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/ku-empty",
    severity: Severity::Error,
    decides: true,
    summary: "a keyUsage without a single bit",
    why: "It says that the key may be used for nothing. Strict verifiers refuse it.",
    mend: "Have it signed again, with digitalSignature.",
    source: "RFC 5280 4.2.1.3",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(bits) = sheet.extensions().key_usage else { return Outcome::NotApplicable };
    Outcome::unless(bits != 0, || Said::new(format!("the keyUsage of {} has no bit set", sheet.name())))
}
