//! Signatures on certificates and requests, checked against a public key (RFC 5280 section 4.1.1.3).

use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};

use super::public_key::PublicKey;

/// The name every program prints for a signature algorithm; dotted where unknown.
pub(super) fn algorithm_name(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        other => other,
    }
    .to_owned()
}

/// Whether `key` verifies `signature` over `message`. An algorithm that is not supported verifies nothing.
///
/// SHA-1 is supported because it says who issued whom in old bundles; whether such a signature is good enough is for others to judge.
pub(super) fn verifies(key: &PublicKey, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
    let Some(verification) = verification(algorithm, key) else { return false };
    ParsedPublicKey::new(verification, key.spki()).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
}

fn verification(algorithm: &str, key: &PublicKey) -> Option<&'static dyn VerificationAlgorithm> {
    use super::public_key::KeyKind::{EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, Rsa};
    Some(match (algorithm, key.kind()) {
        ("1.2.840.113549.1.1.5", Rsa(_)) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        ("1.2.840.113549.1.1.11", Rsa(_)) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        ("1.2.840.113549.1.1.12", Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA384,
        ("1.2.840.113549.1.1.13", Rsa(_)) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        ("1.2.840.10045.4.3.2", EcdsaP256) => &signature::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", EcdsaP256) => &signature::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.2", EcdsaP384) => &signature::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", EcdsaP384) => &signature::ECDSA_P384_SHA384_ASN1,
        ("1.2.840.10045.4.3.2", EcdsaP521) => &signature::ECDSA_P521_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", EcdsaP521) => &signature::ECDSA_P521_SHA384_ASN1,
        ("1.2.840.10045.4.3.4", EcdsaP521) => &signature::ECDSA_P521_SHA512_ASN1,
        ("1.3.101.112", Ed25519) => &signature::ED25519,
        _ => return None,
    })
}
