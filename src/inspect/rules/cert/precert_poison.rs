//! `cert/precert-poison`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/precert-poison",
    severity: Severity::Error,
    decides: true,
    summary: "a precertificate: made for transparency logs, not for servers",
    why: "The poison extension is there so that no client accepts it, and none does.",
    mend: "Install the certificate that the CA sent afterwards; it has the same serial number.",
    source: "RFC 6962 3.1",
    fixable: false,
    check: Check::Certificate(check),
};

/// 1.3.6.1.4.1.11129.2.4.3, as encoded.
pub(super) const PRECERTIFICATE_POISON: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3];

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let is_poisoned = sheet.extensions().seen.iter().any(|seen| seen.oid == PRECERTIFICATE_POISON);
    Outcome::unless(!is_poisoned, || {
        Said::new(format!("{} is a precertificate, which every client refuses", sheet.name()))
            .fact(format!("serial number {}", sheet.certificate().serial()))
    })
}
