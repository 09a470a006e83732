//! Public keys that stand beside a private one in the same file.

use der::asn1::{AnyRef, BitString, ObjectIdentifier};
use der::{Encode, Tag, Tagged};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfo};

use super::PrivateKeyError;
use crate::model::public_key::{PublicKey, oid};

/// The key of which these are the bits.
pub(super) fn spki(algorithm: ObjectIdentifier, parameters: Option<AnyRef<'_>>, bits: &[u8]) -> Option<PublicKey> {
    public_key(AlgorithmIdentifierRef { oid: algorithm, parameters }, bits)
}

fn public_key(algorithm: AlgorithmIdentifierRef<'_>, bits: &[u8]) -> Option<PublicKey> {
    let info = SubjectPublicKeyInfo { algorithm, subject_public_key: BitString::from_bytes(bits).ok()? };
    PublicKey::from_spki(&info.to_der().ok()?)
}

/// The key of these numbers (RFC 8017 appendix A.1.1).
pub(super) fn rsa(
    algorithm: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    modulus: AnyRef<'_>,
    exponent: AnyRef<'_>,
) -> Option<PublicKey> {
    spki(algorithm, parameters, &sequence(&[modulus, exponent])?)
}

/// The key of these numbers (RFC 3279 section 2.3.2).
pub(super) fn dsa(p: AnyRef<'_>, q: AnyRef<'_>, g: AnyRef<'_>, y: AnyRef<'_>) -> Option<PublicKey> {
    let domain = sequence(&[p, q, g])?;
    let domain: AnyRef<'_> = der::Decode::from_der(&domain).ok()?;
    spki(oid::DSA, Some(domain), &y.to_der().ok()?)
}

fn sequence(numbers: &[AnyRef<'_>]) -> Option<Vec<u8>> {
    let mut fields = Vec::new();
    for number in numbers.iter().filter(|number| number.tag() == Tag::Integer) {
        fields.extend(number.to_der().ok()?);
    }
    AnyRef::new(Tag::Sequence, &fields).ok()?.to_der().ok()
}

/// That what the file states, if anything, is the public key that the private one gives. Both are the bits of a
/// SubjectPublicKeyInfo.
pub(super) fn check(
    algorithm: AlgorithmIdentifierRef<'_>,
    stated: Option<&[u8]>,
    computed: &[u8],
) -> Result<(), PrivateKeyError> {
    let Some(stated) = stated.filter(|stated| *stated != computed && !is_compressed(stated, computed)) else {
        return Ok(());
    };
    let unreadable = || PrivateKeyError::NotAKey;
    let stated = public_key(algorithm.clone(), stated).ok_or_else(unreadable)?;
    let computed = public_key(algorithm, computed).ok_or_else(unreadable)?;
    Err(PrivateKeyError::PublicKeyDiffers {
        kind: computed.kind().to_string(),
        stated: stated.fingerprint(),
        computed: computed.fingerprint(),
    })
}

/// `stated` is the compressed form of the point `computed` (SEC 1 section 2.3.3).
fn is_compressed(stated: &[u8], computed: &[u8]) -> bool {
    let ([sign @ (2 | 3), x @ ..], [4, point @ ..]) = (stated, computed) else { return false };
    let odd = point.last().is_some_and(|octet| octet & 1 == 1);
    point.len() == 2 * x.len() && point.starts_with(x) && (*sign == 3) == odd
}
