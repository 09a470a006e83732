//! `cert/weak-signature`

use super::RSASSA_PSS;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::{Question, Store};
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/weak-signature",
    severity: Severity::Error,
    decides: true,
    summary: "a signature that clients refuse or cannot check: MD2, MD5, SHA-1; told as a note: RSASSA-PSS",
    why: "Whoever finds a collision can put another certificate under the same signature, and for SHA-1 that was \
          done in 2017. OpenSSL 3 at its default level, Go and browsers refuse it. A root's own signature proves \
          nothing and is not judged. RSASSA-PSS is strong, and still some mail servers, older Java and appliances \
          cannot check it; Windows CAs use it when `AlternateSignatureAlgorithm` is set.",
    mend: "Have it signed again with SHA-256; every CA does so today.",
    source: "Baseline Requirements 7.1.3.2",
    fixable: false,
    check: Check::Certificate(check),
};

/// A signature of MD2, MD5 or SHA-1, by object identifier as encoded.
fn weak(algorithm: &[u8]) -> Option<&'static str> {
    Some(match algorithm {
        // 1.2.840.113549.1.1: RSA with PKCS #1
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2] => "MD2",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4] => "MD5",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5] => "SHA-1",
        // 1.2.840.10045.4.1, 1.2.840.10040.4.3, 1.3.14.3.2.29
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1] | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] | [0x2b, 0x0e, 3, 2, 0x1d] => {
            "SHA-1"
        }
        _ => return None,
    })
}

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let algorithm = sheet.x509.signature_algorithm.algorithm.as_bytes();
    let said = match weak(algorithm) {
        _ if algorithm == RSASSA_PSS => {
            let message = format!("{} is signed with RSASSA-PSS, which some programs cannot check", sheet.name());
            Said::new(message).at_most(Severity::Note)
        }
        _ if is_anchor(sheet, question) => return Outcome::NotApplicable,
        Some(hash) => Said::new(format!("{} is signed with {hash}", sheet.name())),
        None => return Outcome::Passed,
    };
    Outcome::found(
        said.fact(format!("signature algorithm {}", sheet.certificate().signature_algorithm()))
            .fact(format!("signed by {}", sheet.certificate().issuer())),
    )
}

/// It is believed without its signature, or will be by whoever trusts this root.
fn is_anchor(sheet: &Sheet<'_>, question: &Question) -> bool {
    let given = |store: &Store| sheet.member.link.as_ref().is_ok_and(|link| store.anchors.contains(link));
    (sheet.is_self_issued() && !sheet.is_end_entity()) || question.stores.iter().any(given)
}
