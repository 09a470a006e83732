//! Public keys: what kind they are, and which one it is.

use std::fmt;

use der::Decode;
use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use spki::SubjectPublicKeyInfoRef;

use super::fingerprint::Fingerprint;

/// Object identifiers of the key algorithms (RFC 3279, RFC 4055, RFC 5480, RFC 8410, RFC 9881).
pub mod oid {
    use der::asn1::ObjectIdentifier;

    pub const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    pub const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
    pub const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");
    pub const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    pub const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    pub const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
    pub const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
    pub const ML_DSA_44: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17");
    pub const ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18");
    pub const ML_DSA_87: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19");
    pub const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    pub const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
    pub const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
}

/// The algorithm of a key, with its size or curve. Displays as `RSA 2048`, `ECDSA P-256`, `Ed25519`, `ML-DSA-65`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// With the length of the modulus in bits.
    Rsa(usize),
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    /// Anything else, by name where it has one, else by object identifier.
    Other(String),
}

impl KeyKind {
    /// One of them is ECDSA and the other RSA: a server may hold both, and shows each peer the one that it can use.
    pub fn pairs_with(&self, other: &KeyKind) -> bool {
        (self.is_rsa() && other.is_ecdsa()) || (self.is_ecdsa() && other.is_rsa())
    }

    fn is_rsa(&self) -> bool {
        matches!(self, KeyKind::Rsa(_))
    }

    fn is_ecdsa(&self) -> bool {
        matches!(self, KeyKind::EcdsaP256 | KeyKind::EcdsaP384 | KeyKind::EcdsaP521)
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyKind::Rsa(bits) => write!(f, "RSA {bits}"),
            KeyKind::EcdsaP256 => f.write_str("ECDSA P-256"),
            KeyKind::EcdsaP384 => f.write_str("ECDSA P-384"),
            KeyKind::EcdsaP521 => f.write_str("ECDSA P-521"),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::MlDsa44 => f.write_str("ML-DSA-44"),
            KeyKind::MlDsa65 => f.write_str("ML-DSA-65"),
            KeyKind::MlDsa87 => f.write_str("ML-DSA-87"),
            KeyKind::Other(name) => f.write_str(name),
        }
    }
}

/// A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). Two are the same key when their DER is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    spki: Vec<u8>,
    algorithm: ObjectIdentifier,
    /// Where the subjectPublicKey begins in the SubjectPublicKeyInfo, whose last field it is.
    bits_start: usize,
    kind: KeyKind,
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo; `None` when it is none. An unknown algorithm is no error.
    pub fn from_spki(spki: &[u8]) -> Option<PublicKey> {
        let info = SubjectPublicKeyInfoRef::from_der(spki).ok()?;
        let bits = info.subject_public_key.raw_bytes();
        let algorithm = info.algorithm.oid;
        let kind = kind(algorithm, info.algorithm.parameters, bits);
        Some(PublicKey { spki: spki.to_vec(), algorithm, bits_start: spki.len().saturating_sub(bits.len()), kind })
    }

    /// The algorithm of the SubjectPublicKeyInfo. One algorithm may come in several kinds, by size or curve.
    pub fn algorithm(&self) -> ObjectIdentifier {
        self.algorithm
    }

    /// The key without its algorithm: the bits of the subjectPublicKey.
    pub fn subject_public_key(&self) -> &[u8] {
        self.spki.get(self.bits_start..).unwrap_or_default()
    }

    /// Bits of the modulus of an RSA key, RSASSA-PSS keys included.
    pub fn rsa_bits(&self) -> Option<usize> {
        let is_rsa = self.algorithm == oid::RSA || self.algorithm == oid::RSA_PSS;
        if is_rsa { rsa_bits(self.subject_public_key()) } else { None }
    }

    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    pub fn kind(&self) -> &KeyKind {
        &self.kind
    }

    /// SHA-256 over the SubjectPublicKeyInfo: what TLSA `3 1 1` publishes (RFC 6698 section 2.1).
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.spki)
    }
}

fn kind(algorithm: ObjectIdentifier, parameters: Option<AnyRef<'_>>, key: &[u8]) -> KeyKind {
    match algorithm {
        oid::RSA => match rsa_bits(key) {
            Some(bits) => KeyKind::Rsa(bits),
            None => KeyKind::Other("RSA".into()),
        },
        oid::EC => ec_kind(parameters),
        oid::ED25519 => KeyKind::Ed25519,
        oid::ML_DSA_44 => KeyKind::MlDsa44,
        oid::ML_DSA_65 => KeyKind::MlDsa65,
        oid::ML_DSA_87 => KeyKind::MlDsa87,
        other => KeyKind::Other(algorithm_name(other)),
    }
}

/// What `KeyKind::Other` says of the curve of Bitcoin, which is no curve of TLS.
pub const SECP256K1: &str = "EC secp256k1";

/// What `KeyKind::Other` says of a key whose curve has no name, which RFC 5480 section 2.1.1 forbids.
pub const EXPLICIT_CURVE: &str = "EC with explicit parameters";

/// The curve named by the parameters of an EC AlgorithmIdentifier (RFC 5480 section 2.1.1).
pub(super) fn ec_kind(parameters: Option<AnyRef<'_>>) -> KeyKind {
    match parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok()) {
        Some(oid::P256) => KeyKind::EcdsaP256,
        Some(oid::P384) => KeyKind::EcdsaP384,
        Some(oid::P521) => KeyKind::EcdsaP521,
        Some(curve) => KeyKind::Other(format!("EC {}", algorithm_name(curve))),
        None => KeyKind::Other(EXPLICIT_CURVE.into()),
    }
}

/// Bits of the modulus of an RSAPublicKey (RFC 8017 appendix A.1.1).
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let (modulus, _exponent) = rsa_public_numbers(key)?;
    Some(bit_length(modulus.as_bytes()))
}

fn rsa_public_numbers(key: &[u8]) -> Option<(UintRef<'_>, UintRef<'_>)> {
    use der::Reader;
    let mut reader = der::SliceReader::new(key).ok()?;
    reader.sequence(|inner| Ok::<_, der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?))).ok()
}

/// Significant bits of a big-endian number.
pub(super) fn bit_length(bytes: &[u8]) -> usize {
    let bytes = &bytes[bytes.iter().take_while(|b| **b == 0).count()..];
    bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

/// The usual name of a key algorithm or curve; the dotted form for one without.
pub(super) fn algorithm_name(oid: ObjectIdentifier) -> String {
    match oid.to_string().as_str() {
        "1.2.840.10040.4.1" => "DSA".into(),
        "1.2.840.113549.1.1.10" => "RSA-PSS".into(),
        "1.2.840.10045.3.1.1" => "P-192".into(),
        "1.3.132.0.33" => "P-224".into(),
        "1.3.132.0.10" => "secp256k1".into(),
        "1.3.132.0.31" => "secp192k1".into(),
        "1.3.132.0.32" => "secp224k1".into(),
        "1.3.36.3.3.2.8.1.1.1" => "brainpoolP160r1".into(),
        "1.3.36.3.3.2.8.1.1.3" => "brainpoolP192r1".into(),
        "1.3.36.3.3.2.8.1.1.5" => "brainpoolP224r1".into(),
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1".into(),
        "1.3.36.3.3.2.8.1.1.8" => "brainpoolP256t1".into(),
        "1.3.36.3.3.2.8.1.1.9" => "brainpoolP320r1".into(),
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1".into(),
        "1.3.36.3.3.2.8.1.1.12" => "brainpoolP384t1".into(),
        "1.3.36.3.3.2.8.1.1.13" => "brainpoolP512r1".into(),
        "1.3.36.3.3.2.8.1.1.14" => "brainpoolP512t1".into(),
        "1.2.156.10197.1.301" => "SM2".into(),
        "1.3.101.110" => "X25519".into(),
        "1.3.101.111" => "X448".into(),
        "1.3.101.113" => "Ed448".into(),
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44".into(),
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65".into(),
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87".into(),
        dotted => dotted.to_owned(),
    }
}
