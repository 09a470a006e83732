//! `chain/ku-no-certsign`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/ku-no-certsign",
    severity: Severity::Error,
    decides: true,
    summary: "an issuer whose key usage leaves out keyCertSign",
    why: "OpenSSL, GnuTLS and BoringSSL refuse the chain; Go and webpki do not look.",
    mend: "The authority has to issue the certificate of the issuer anew, with keyCertSign.",
    source: "RFC 5280 4.2.1.3, 6.1.4 (n)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        matches!(fault.reason, Reason::NoCertSign).then(|| {
            let usage = path::certificate(fault.link).and_then(|one| one.key_usage().map(|bits| bits.join(", ")));
            Said::new(format!("{} issued a certificate, and its key usage does not allow that", path::name(fault.link)))
                .fact(format!("key usage: {}", usage.unwrap_or_default()))
        })
    })
}
