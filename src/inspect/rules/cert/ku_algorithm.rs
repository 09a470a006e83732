//! `cert/ku-algorithm`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::usage;
use crate::model::diagnostic::Severity;
use crate::model::public_key::KeyKind;

pub const RULE: Rule = Rule {
    id: "cert/ku-algorithm",
    severity: Severity::Warning,
    decides: true,
    summary: "a keyUsage that does not fit the key",
    why: "An ECDSA key cannot encipher, and a key that signs in TLS does nothing else. Strict clients refuse a \
          certificate that claims more.",
    mend: "Have it signed with digitalSignature alone, or for an RSA key with keyEncipherment beside it.",
    source: "Baseline Requirements 7.1.2.7.11, RFC 8813 3, RFC 8410 5, RFC 9881 5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(bits) = sheet.extensions().key_usage else { return Outcome::NotApplicable };
    let kind = sheet.certificate().key_kind();
    let Some(allowed) = allowed(kind, sheet.is_end_entity()) else { return Outcome::NotApplicable };
    let wrong = bits & !allowed;
    let is_ec = !matches!(kind, KeyKind::Rsa(_));
    let lacks_signature = is_ec && sheet.is_end_entity() && bits != 0 && bits & usage::DIGITAL_SIGNATURE == 0;
    if wrong == 0 && !lacks_signature {
        return Outcome::Passed;
    }
    let names = sheet.certificate().key_usage().unwrap_or_default().join(", ");
    let said = Said::new(format!("the keyUsage of {} does not fit its key, {kind}", sheet.name()));
    let said = said.fact(format!("it has {names}"));
    Outcome::found(if lacks_signature { said.fact(format!("a key of {kind} needs digitalSignature")) } else { said })
}

/// What a key of this kind may be used for; `None` where nobody says.
fn allowed(kind: &KeyKind, is_end_entity: bool) -> Option<u16> {
    // keyCertSign and cRLSign in a server certificate have a rule of their own.
    let signing = usage::DIGITAL_SIGNATURE | usage::KEY_CERT_SIGN | usage::CRL_SIGN;
    let leaf_rsa = signing | usage::KEY_ENCIPHERMENT | usage::DATA_ENCIPHERMENT;
    Some(match (kind, is_end_entity) {
        (KeyKind::Rsa(_), true) => leaf_rsa,
        (KeyKind::Rsa(_), false) => leaf_rsa | usage::NON_REPUDIATION,
        (KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521, true) => signing | usage::KEY_AGREEMENT,
        (KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521, false) => {
            signing | usage::KEY_AGREEMENT | usage::NON_REPUDIATION
        }
        // RFC 9881 section 5 says of ML-DSA what RFC 8410 section 5 says of Ed25519: it signs, and does nothing else.
        (KeyKind::Ed25519 | KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87, _) => {
            signing | usage::NON_REPUDIATION
        }
        (KeyKind::Other(_), _) => return None,
    })
}
