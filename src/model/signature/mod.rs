//! Signatures on certificates and requests, checked against a public key (RFC 5280 section 4.1.1.3).
//!
//! A check has three answers: a signature is good, or bad, or nobody here can tell. The third is no proof of anything, in either
//! direction: it makes no chain trusted, and takes none apart.

mod algorithm;
mod verification;

use der::asn1::BitStringRef;
use der::{Decode, Reader, SliceReader};

use super::public_key::{KeyKind, PublicKey};
use algorithm::Algorithm;

pub(super) use algorithm::name_of as algorithm_name;

/// What became of checking a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureStatus {
    /// The key made it, over these bytes.
    Good,
    /// Another key made it, or something was changed since.
    Bad,
    /// Neither can be said.
    Unchecked(Obstacle),
}

/// Why a signature cannot be checked. Displayed after "cannot be checked: ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// An algorithm that is not implemented; by name, dotted where it has none.
    Algorithm(String),
    /// An algorithm that is implemented, but not for keys of this size or on this curve.
    KeyKind { algorithm: String, key: KeyKind },
    /// The algorithm fits the key, and the key is none: a point that is not on the curve, or a number that is no modulus.
    DamagedKey(KeyKind),
    /// The AlgorithmIdentifier cannot be read, or its parameters make no sense.
    Parameters,
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Obstacle::Algorithm(name) => f.write_str(name),
            Obstacle::KeyKind { algorithm, key } => write!(f, "{algorithm} with a key of {key}"),
            Obstacle::DamagedKey(kind) => write!(f, "the public key ({kind}) that should have made it is damaged"),
            Obstacle::Parameters => f.write_str("the parameters of its algorithm cannot be read"),
        }
    }
}

impl SignatureStatus {
    pub fn is_good(&self) -> bool {
        *self == SignatureStatus::Good
    }

    pub fn is_bad(&self) -> bool {
        *self == SignatureStatus::Bad
    }
}

/// Checks `signature` over `message` by an AlgorithmIdentifier in DER.
///
/// A key of another kind than the algorithm's did not make the signature, whether or not the algorithm is implemented. SHA-1 is
/// checked because it says who issued whom in old bundles; whether such a signature is good enough is for others to judge.
pub fn check(key: &PublicKey, algorithm: &[u8], message: &[u8], signature: &[u8]) -> SignatureStatus {
    let Some(algorithm) = Algorithm::from_der(algorithm) else {
        return SignatureStatus::Unchecked(Obstacle::Parameters);
    };
    if !algorithm.keys.is_empty() && !algorithm.keys.contains(&key.algorithm()) {
        return SignatureStatus::Bad;
    }
    verification::verify(&algorithm, key, message, signature)
}

/// The same for a whole certificate or request in DER, both of which are a message, an algorithm and a signature (RFC 5280 section
/// 4.1.1, RFC 2986 section 4.2).
pub fn status(key: &PublicKey, signed: &[u8]) -> SignatureStatus {
    match parts(signed) {
        Some((message, algorithm, signature)) => check(key, algorithm, message, signature),
        // A signature that does not consist of whole octets is none.
        None => SignatureStatus::Bad,
    }
}

/// The name of an AlgorithmIdentifier in DER, with what matters of its parameters.
pub fn name(algorithm: &[u8]) -> String {
    Algorithm::from_der(algorithm)
        .map_or_else(|| "an algorithm that cannot be read".into(), |algorithm| algorithm.full_name())
}

/// An AlgorithmIdentifier in DER that rests on MD2, MD5 or SHA-1: collisions can be made, so it proves nothing about a certificate.
pub fn is_weak(algorithm: &[u8]) -> bool {
    Algorithm::from_der(algorithm).is_some_and(|algorithm| algorithm.is_weak())
}

/// An AlgorithmIdentifier in DER whose signatures can be checked here, given a key of a usual size.
pub fn is_implemented(algorithm: &[u8]) -> bool {
    Algorithm::from_der(algorithm).is_some_and(|algorithm| verification::is_implemented(&algorithm.scheme))
}

fn parts(signed: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut reader = SliceReader::new(signed).ok()?;
    let parts = reader.sequence(|inner| {
        let (message, algorithm) = (inner.tlv_bytes()?, inner.tlv_bytes()?);
        Ok::<_, der::Error>((message, algorithm, BitStringRef::decode(inner)?))
    });
    parts.ok().and_then(|(message, algorithm, signature)| Some((message, algorithm, signature.as_bytes()?)))
}
