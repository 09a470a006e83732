//! `cert/key-type`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::public_key::KeyKind;

pub const RULE: Rule = Rule {
    id: "cert/key-type",
    severity: Severity::Error,
    decides: true,
    summary: "a key that TLS clients do not take",
    why: "Clients take RSA and ECDSA on P-256, P-384 and P-521. DSA has left TLS, smaller curves are refused, and \
          a curve spelled out number by number (CVE-2020-0601) is a trap. Ed25519 works between OpenSSL peers, and \
          ML-DSA between new ones (RFC 9881), but no public CA signs either and browsers do not take them.",
    mend: "Make a new key: `sealpost cert request PROFILE --cn NAME --key-type ecdsa-p256`.",
    source: "Baseline Requirements 6.1.5, 7.1.3.1",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let kind = sheet.certificate().key_kind();
    let said = || Said::new(format!("the key of {} is of a kind that clients do not take: {kind}", sheet.name()));
    match kind {
        KeyKind::Rsa(_) | KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521 => Outcome::Passed,
        // An RSA key whose numbers are wrong; other rules say so.
        KeyKind::Other(_) if sheet.rsa().is_some() => Outcome::Passed,
        KeyKind::Ed25519 | KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => Outcome::found(
            Said::new(format!("few clients take the key of {}: {kind}", sheet.name()))
                .fact("public CAs sign RSA and ECDSA keys only")
                .at_most(Severity::Note),
        ),
        KeyKind::Other(_) => Outcome::found(said().fact("RSA, ECDSA P-256, P-384 and P-521 are taken")),
    }
}
