//! Signatures on certificates and requests, checked against a public key (RFC 5280 section 4.1.1.3).

use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};
use der::asn1::{BitStringRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader};
use spki::AlgorithmIdentifierRef;

use super::public_key::PublicKey;

/// Why a signature does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The algorithm, or the key for it, is not supported.
    Unsupported,
    Wrong,
}

/// Checks `signature` over `message` by an AlgorithmIdentifier in DER.
pub fn check(key: &PublicKey, algorithm: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Problem> {
    let algorithm = AlgorithmIdentifierRef::from_der(algorithm).map_err(|_| Problem::Unsupported)?;
    let verification = match algorithm.oid {
        oid::RSASSA_PSS => pss_verification(&algorithm),
        oid => verification(oid, key),
    };
    let verification = verification.ok_or(Problem::Unsupported)?;
    let key = ParsedPublicKey::new(verification, key.spki()).map_err(|_| Problem::Unsupported)?;
    key.verify_sig(message, signature).map_err(|_| Problem::Wrong)
}

/// The name of an AlgorithmIdentifier in DER.
pub fn name(algorithm: &[u8]) -> String {
    AlgorithmIdentifierRef::from_der(algorithm)
        .map_or("?".into(), |algorithm| algorithm_name(&algorithm.oid.to_string()))
}

/// An AlgorithmIdentifier in DER that rests on MD2, MD5 or SHA-1: collisions can be made, so it proves nothing about a certificate.
pub fn is_weak(algorithm: &[u8]) -> bool {
    // Tag and length of the SEQUENCE, then those of the identifier: no need to read the rest.
    if let [0x30, 0..=0x7f, 0x06, length, rest @ ..] = algorithm {
        return rest.get(..usize::from(*length)).is_some_and(|id| oid::WEAK.iter().any(|weak| weak.as_bytes() == id));
    }
    AlgorithmIdentifierRef::from_der(algorithm).is_ok_and(|algorithm| oid::WEAK.contains(&algorithm.oid))
}

/// Object identifiers of the signature algorithms (RFC 3279, RFC 4055, RFC 5758, RFC 8410) and of the digests in RSASSA-PSS.
mod oid {
    use der::asn1::ObjectIdentifier;

    const fn new(dotted: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(dotted)
    }

    pub const RSASSA_PSS: ObjectIdentifier = new("1.2.840.113549.1.1.10");
    pub const RSA_SHA1: ObjectIdentifier = new("1.2.840.113549.1.1.5");
    pub const RSA_SHA256: ObjectIdentifier = new("1.2.840.113549.1.1.11");
    pub const RSA_SHA384: ObjectIdentifier = new("1.2.840.113549.1.1.12");
    pub const RSA_SHA512: ObjectIdentifier = new("1.2.840.113549.1.1.13");
    pub const ECDSA_SHA256: ObjectIdentifier = new("1.2.840.10045.4.3.2");
    pub const ECDSA_SHA384: ObjectIdentifier = new("1.2.840.10045.4.3.3");
    pub const ECDSA_SHA512: ObjectIdentifier = new("1.2.840.10045.4.3.4");
    pub const ED25519: ObjectIdentifier = new("1.3.101.112");
    pub const SHA256: ObjectIdentifier = new("2.16.840.1.101.3.4.2.1");
    pub const SHA384: ObjectIdentifier = new("2.16.840.1.101.3.4.2.2");
    pub const SHA512: ObjectIdentifier = new("2.16.840.1.101.3.4.2.3");
    /// MD2, MD5 and SHA-1 with RSA, SHA-1 with ECDSA and DSA, and sha1WithRSASignature of OIW.
    pub const WEAK: [ObjectIdentifier; 6] = [
        new("1.2.840.113549.1.1.2"),
        new("1.2.840.113549.1.1.4"),
        RSA_SHA1,
        new("1.2.840.10045.4.1"),
        new("1.2.840.10040.4.3"),
        new("1.3.14.3.2.29"),
    ];
}

/// RSASSA-PSS-params (RFC 4055 section 3.1); an absent field means SHA-1, which is not supported.
#[derive(der::Sequence)]
struct PssParameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u8>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

/// SHA-2 for digest and mask alike, with a salt as long as the digest: the only parameters in use.
fn pss_verification(algorithm: &AlgorithmIdentifierRef<'_>) -> Option<&'static dyn VerificationAlgorithm> {
    let parameters: PssParameters<'_> = algorithm.parameters?.decode_as().ok()?;
    let hash = parameters.hash?.oid;
    let mask_hash = parameters.mask?.parameters?.decode_as::<AlgorithmIdentifierRef<'_>>().ok()?.oid;
    if hash != mask_hash || parameters.trailer.is_some_and(|trailer| trailer != 1) {
        return None;
    }
    Some(match (hash, parameters.salt_length?) {
        (oid::SHA256, 32) => &signature::RSA_PSS_2048_8192_SHA256,
        (oid::SHA384, 48) => &signature::RSA_PSS_2048_8192_SHA384,
        (oid::SHA512, 64) => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

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

/// Whether `key` verifies the signature of a certificate or request in DER, both of which are a message, an algorithm and a
/// signature (RFC 5280 section 4.1.1, RFC 2986 section 4.2). An algorithm that is not supported verifies nothing.
///
/// SHA-1 is supported because it says who issued whom in old bundles; whether such a signature is good enough is for others to judge.
pub fn verifies(key: &PublicKey, signed: &[u8]) -> bool {
    parts(signed).is_some_and(|(message, algorithm, signature)| check(key, algorithm, message, signature).is_ok())
}

fn parts(signed: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut reader = SliceReader::new(signed).ok()?;
    let parts = reader.sequence(|inner| {
        let (message, algorithm) = (inner.tlv_bytes()?, inner.tlv_bytes()?);
        Ok::<_, der::Error>((message, algorithm, BitStringRef::decode(inner)?))
    });
    parts.ok().and_then(|(message, algorithm, signature)| Some((message, algorithm, signature.as_bytes()?)))
}

fn verification(algorithm: ObjectIdentifier, key: &PublicKey) -> Option<&'static dyn VerificationAlgorithm> {
    use super::public_key::KeyKind::{EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, Rsa};
    Some(match (algorithm, key.kind()) {
        (oid::RSA_SHA1, Rsa(_)) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (oid::RSA_SHA256, Rsa(_)) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (oid::RSA_SHA384, Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (oid::RSA_SHA512, Rsa(_)) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        (oid::ECDSA_SHA256, EcdsaP256) => &signature::ECDSA_P256_SHA256_ASN1,
        (oid::ECDSA_SHA384, EcdsaP256) => &signature::ECDSA_P256_SHA384_ASN1,
        (oid::ECDSA_SHA512, EcdsaP256) => &signature::ECDSA_P256_SHA512_ASN1,
        (oid::ECDSA_SHA512, EcdsaP384) => &signature::ECDSA_P384_SHA512_ASN1,
        (oid::ECDSA_SHA256, EcdsaP384) => &signature::ECDSA_P384_SHA256_ASN1,
        (oid::ECDSA_SHA384, EcdsaP384) => &signature::ECDSA_P384_SHA384_ASN1,
        (oid::ECDSA_SHA256, EcdsaP521) => &signature::ECDSA_P521_SHA256_ASN1,
        (oid::ECDSA_SHA384, EcdsaP521) => &signature::ECDSA_P521_SHA384_ASN1,
        (oid::ECDSA_SHA512, EcdsaP521) => &signature::ECDSA_P521_SHA512_ASN1,
        (oid::ED25519, Ed25519) => &signature::ED25519,
        _ => return None,
    })
}
