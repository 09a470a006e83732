//! `cert/weak-signature`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/weak-signature",
    severity: Severity::Error,
    decides: true,
    summary: "signed with MD2, MD5 or SHA-1",
    why: "Whoever finds a collision can put another certificate under the same signature, and for SHA-1 that was \
          done in 2017. OpenSSL 3 at its default level, Go and browsers refuse it. A root's own signature proves \
          nothing and is not judged.",
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
    let is_anchor = |store: &crate::inspect::question::Store| {
        sheet.member.link.as_ref().is_ok_and(|link| store.anchors.contains(link))
    };
    if (sheet.is_self_issued() && !sheet.is_end_entity()) || question.stores.iter().any(is_anchor) {
        return Outcome::NotApplicable;
    }
    match weak(sheet.x509.signature_algorithm.algorithm.as_bytes()) {
        None => Outcome::Passed,
        Some(hash) => Outcome::found(
            Said::new(format!("{} is signed with {hash}", sheet.name()))
                .fact(format!("signature algorithm {}", sheet.certificate().signature_algorithm()))
                .fact(format!("signed by {}", sheet.certificate().issuer())),
        ),
    }
}
