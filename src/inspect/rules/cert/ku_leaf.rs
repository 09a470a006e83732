//! `cert/ku-leaf`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::usage;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/ku-leaf",
    severity: Severity::Warning,
    decides: false,
    summary: "a server certificate without digitalSignature",
    why: "In TLS 1.3, and in every key exchange of TLS 1.2 that is still in use, the server signs. Strict clients \
          refuse a certificate whose keyUsage does not allow that.",
    mend: "Have it signed with digitalSignature.",
    source: "RFC 8446 4.4.2.2, RFC 5280 4.2.1.3",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(bits) = sheet.extensions().key_usage else { return Outcome::NotApplicable };
    // No bit at all has a rule of its own.
    if !sheet.is_end_entity() || bits == 0 {
        return Outcome::NotApplicable;
    }
    Outcome::unless(bits & usage::DIGITAL_SIGNATURE != 0, || {
        Said::new(format!("the keyUsage of {} has no digitalSignature", sheet.name()))
            .fact(format!("it has {}", sheet.certificate().key_usage().unwrap_or_default().join(", ")))
    })
}
