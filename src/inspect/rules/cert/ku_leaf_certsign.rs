//! `cert/ku-leaf-certsign`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::usage;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/ku-leaf-certsign",
    severity: Severity::Error,
    decides: true,
    summary: "keyCertSign or cRLSign in a certificate that is no CA's",
    why: "Only a CA may sign certificates. OpenSSL in strict mode, Go and browsers take it for a broken \
          certificate.",
    mend: "Have it signed with digitalSignature alone, or for an RSA key with keyEncipherment beside it.",
    source: "RFC 5280 4.2.1.3, 4.2.1.9",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(bits) = sheet.extensions().key_usage else { return Outcome::NotApplicable };
    if sheet.certificate().is_ca() {
        return Outcome::NotApplicable;
    }
    let wrong = match (bits & usage::KEY_CERT_SIGN != 0, bits & usage::CRL_SIGN != 0) {
        (false, false) => return Outcome::Passed,
        (true, false) => "keyCertSign",
        (false, true) => "cRLSign",
        (true, true) => "keyCertSign and cRLSign",
    };
    Outcome::found(
        Said::new(format!("the keyUsage of {} has {wrong}, and it is no CA certificate", sheet.name()))
            .fact("basicConstraints does not say cA"),
    )
}
