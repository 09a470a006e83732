//! `cert/sigalg-parameters`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/sigalg-parameters",
    severity: Severity::Note,
    decides: false,
    summary: "an RSA signature algorithm without its NULL parameters",
    why: "The parameters must be NULL, and whoever reads a certificate must also take it without them: OpenSSL, \
          GnuTLS, Go and rustls do. Public CAs may sign the form with NULL only.",
    mend: "Nothing to do for a server; the CA should write the NULL.",
    source: "RFC 4055 5, Baseline Requirements 7.1.3.2.1",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let algorithm = &sheet.x509.signature_algorithm;
    // 1.2.840.113549.1.1: RSA with PKCS #1
    if !matches!(algorithm.algorithm.as_bytes(), [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2..=5 | 11..=14]) {
        return Outcome::NotApplicable;
    }
    Outcome::unless(algorithm.parameters.is_some(), || {
        Said::new(format!("the signature algorithm of {} has no NULL parameters", sheet.name()))
            .fact(format!("signature algorithm {}", sheet.certificate().signature_algorithm()))
    })
}
