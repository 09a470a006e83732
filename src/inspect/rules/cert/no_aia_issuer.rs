//! `cert/no-aia-issuer`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/no-aia-issuer",
    severity: Severity::Note,
    decides: false,
    summary: "a certificate that does not say where its issuer's is found",
    why: "Where a server forgets the intermediate, browsers fetch it from the address in authorityInfoAccess, and \
          so can `sealpost lint --fix`. Without the address nobody can.",
    mend: "Keep the intermediate together with the certificate.",
    source: "RFC 5280 4.2.2.1, Baseline Requirements 7.1.2.7.7",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.is_end_entity() || sheet.is_self_issued() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(!sheet.extensions().ca_issuers.is_empty(), || {
        Said::new(format!("{} does not say where the certificate of its issuer is found", sheet.name()))
            .fact(format!("issuer {}", sheet.certificate().issuer()))
    })
}
