//! Private keys from DER: PKCS#8, PKCS#1, SEC1 and OpenSSL's own form of DSA, and what is wrong with those that cannot be used.

use aws_lc_rs::agreement;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
};
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{PrivateKey, PrivateKeyError, of_ecdsa, of_ed25519, rsa, stated};
use crate::formats::private_key_info::{self, PrivateKeyInfo};
use crate::model::public_key::{KeyKind, PublicKey, algorithm_name, bit_length, ec_kind, oid};

/// Elements of the largest key that is read: RSA has nine.
const MOST_ELEMENTS: usize = 16;

pub(super) fn private_key(der: &[u8]) -> Result<PrivateKey, PrivateKeyError> {
    if let Some(info) = private_key_info::read(der) {
        return of_pkcs8(&info);
    }
    let elements = elements(der).ok_or(PrivateKeyError::NotAKey)?;
    let are_integers = elements.iter().all(|element| element.tag() == Tag::Integer);
    match elements.as_slice() {
        // Version, p, q, g and both keys.
        [_, prime, _, _, _, _] if are_integers => Err(PrivateKeyError::Unsupported(sized("DSA", *prime))),
        [version, modulus, _, _, ..] if [version.tag(), modulus.tag()] == [Tag::Integer; 2] => {
            rsa::private_key(der, None)
        }
        [version, number, ..] if [version.tag(), number.tag()] == [Tag::Integer, Tag::OctetString] => {
            of_sec1(der, None, None)
        }
        _ => Err(PrivateKeyError::NotAKey),
    }
}

/// What stands in a SEQUENCE that fills `der`; `None` when it is none, or a longer one than any key.
pub(super) fn elements(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let outer = AnyRef::from_der(der).ok().filter(|outer| outer.tag() == Tag::Sequence)?;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() && elements.len() < MOST_ELEMENTS {
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    reader.is_finished().then_some(elements)
}

/// `DSA 2048`, with the bits of `number`.
fn sized(name: &str, number: AnyRef<'_>) -> String {
    match number.decode_as::<UintRef<'_>>() {
        Ok(number) => format!("{name} {}", bit_length(number.as_bytes())),
        Err(_) => name.to_owned(),
    }
}

fn of_pkcs8(info: &PrivateKeyInfo<'_>) -> Result<PrivateKey, PrivateKeyError> {
    match info.algorithm {
        oid::RSA => rsa::private_key(info.private_key, info.public_key),
        oid::EC => of_sec1(info.private_key, info.parameters, info.public_key),
        oid::ED25519 => ed25519(info),
        other => Err(unsupported(other, info)),
    }
}

/// CurvePrivateKey (RFC 8410 section 7).
fn seed<'a>(info: &PrivateKeyInfo<'a>, kind: &KeyKind) -> Result<&'a [u8], PrivateKeyError> {
    let seed = <&OctetStringRef>::from_der(info.private_key).ok().map(OctetStringRef::as_bytes);
    seed.filter(|seed| seed.len() == 32).ok_or_else(|| PrivateKeyError::Damaged {
        kind: kind.to_string(),
        reason: "its private key does not have the 32 octets that it should have",
    })
}

fn ed25519(info: &PrivateKeyInfo<'_>) -> Result<PrivateKey, PrivateKeyError> {
    let seed = seed(info, &KeyKind::Ed25519)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| PrivateKeyError::Damaged {
        kind: KeyKind::Ed25519.to_string(),
        reason: "it gives no public key",
    })?;
    let algorithm = AlgorithmIdentifierRef { oid: oid::ED25519, parameters: None };
    stated::check(algorithm, info.public_key, pair.public_key().as_ref())?;
    of_ed25519(&pair)
}

/// The reason for an algorithm that TLS here does not use, or what is wrong with the key besides.
fn unsupported(algorithm: ObjectIdentifier, info: &PrivateKeyInfo<'_>) -> PrivateKeyError {
    let name = algorithm_name(algorithm);
    match algorithm {
        oid::X25519 => {
            let identifier = AlgorithmIdentifierRef { oid: algorithm, parameters: None };
            let checked = x25519(info).and_then(|public| stated::check(identifier, info.public_key, &public));
            checked.err().unwrap_or(PrivateKeyError::Unsupported(name))
        }
        // The prime stands outside, in the parameters.
        oid::DSA => PrivateKeyError::Unsupported(match info.parameters.and_then(|any| any.to_der().ok()) {
            Some(parameters) => {
                elements(&parameters).and_then(|all| all.first().copied()).map_or(name, |p| sized("DSA", p))
            }
            None => name,
        }),
        oid::RSA_PSS => PrivateKeyError::Unsupported(match elements(info.private_key).as_deref() {
            Some([_, modulus, ..]) => sized("RSA-PSS", *modulus),
            _ => name,
        }),
        _ => PrivateKeyError::Unsupported(name),
    }
}

/// The public key of an X25519 key, computed.
pub(super) fn x25519(info: &PrivateKeyInfo<'_>) -> Result<Vec<u8>, PrivateKeyError> {
    let seed = seed(info, &KeyKind::Other("X25519".into()))?;
    let public = agreement::PrivateKey::from_private_key(&agreement::X25519, seed)
        .and_then(|key| key.compute_public_key().map_err(aws_lc_rs::error::KeyRejected::from));
    public
        .map(|public| public.as_ref().to_vec())
        .map_err(|_| PrivateKeyError::Damaged { kind: "X25519".into(), reason: "it gives no public key" })
}

/// The fields of an ECPrivateKey (RFC 5915 section 3).
pub(super) struct Sec1<'a> {
    pub number: &'a [u8],
    pub parameters: Option<AnyRef<'a>>,
    /// The bits of `publicKey`.
    pub public: Option<&'a [u8]>,
}

impl<'a> Sec1<'a> {
    pub fn read(der: &'a [u8]) -> Option<Sec1<'a>> {
        let context = |number| Tag::ContextSpecific { constructed: true, number: der::TagNumber(number) };
        let (first, others) = elements(der)?.split_first().map(|(first, others)| (*first, others.to_vec()))?;
        let (number, others) = others.split_first()?;
        if first.decode_as::<u8>().ok()? != 1 || number.tag() != Tag::OctetString {
            return None;
        }
        let mut key = Sec1 { number: number.value(), parameters: None, public: None };
        for field in others {
            if field.tag() == context(0) {
                key.parameters = Some(AnyRef::from_der(field.value()).ok()?);
            } else if field.tag() == context(1) {
                let bits = AnyRef::from_der(field.value()).ok().filter(|bits| bits.tag() == Tag::BitString)?;
                key.public = Some(bits.value().strip_prefix(&[0])?);
            }
        }
        Some(key)
    }
}

/// `parameters` and `public` are those that stand outside, in PKCS#8.
fn of_sec1(der: &[u8], parameters: Option<AnyRef<'_>>, public: Option<&[u8]>) -> Result<PrivateKey, PrivateKeyError> {
    let damaged = |kind: &KeyKind, reason| PrivateKeyError::Damaged { kind: kind.to_string(), reason };
    let Some(key) = Sec1::read(der) else {
        return Err(match parameters {
            Some(_) => damaged(&ec_kind(parameters), "its inside is not as RFC 5915 has it"),
            None => PrivateKeyError::NotAKey,
        });
    };
    let curve = parameters.or(key.parameters);
    let kind = ec_kind(curve);
    let (algorithm, length) = match kind {
        KeyKind::EcdsaP256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, 32),
        KeyKind::EcdsaP384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, 48),
        KeyKind::EcdsaP521 => (&ECDSA_P521_SHA512_ASN1_SIGNING, 66),
        other => return Err(PrivateKeyError::Unsupported(other.to_string())),
    };
    if key.parameters.is_some_and(|inner| Some(inner) != curve) {
        return Err(damaged(&kind, "it names one curve inside and another outside"));
    }
    let identifier = AlgorithmIdentifierRef { oid: oid::EC, parameters: curve };
    let number = scalar(key.number, length).ok_or_else(|| damaged(&kind, "its number is too large for the curve"))?;
    // Without what the file states, the public key comes from the private one.
    let computed = ec_pair(algorithm, identifier, &number, None)
        .ok_or_else(|| damaged(&kind, "its number is no private key of the curve"))?;
    let point = computed.public_key().as_ref();
    for stated in [key.public, public] {
        stated::check(identifier, stated, point)?;
    }
    // With the public key inside: programs built on ring read no other.
    let pair = ec_pair(algorithm, identifier, &number, Some(point)).ok_or(PrivateKeyError::NotAKey)?;
    of_ecdsa(&pair)
}

/// The number in as many octets as RFC 5915 wants: some programs leave out zeros in front, others add one.
fn scalar(number: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let digits = &number[number.iter().take_while(|octet| **octet == 0).count()..];
    let zeros = length.checked_sub(digits.len())?;
    let mut scalar = Zeroizing::new(Vec::with_capacity(length));
    scalar.resize(zeros, 0);
    scalar.extend_from_slice(digits);
    Some(scalar)
}

fn ec_pair(
    algorithm: &'static EcdsaSigningAlgorithm,
    identifier: AlgorithmIdentifierRef<'_>,
    number: &[u8],
    point: Option<&[u8]>,
) -> Option<EcdsaKeyPair> {
    let sec1 = sec1(number, point).ok()?;
    let pkcs8 = wrap(identifier, &sec1)?;
    EcdsaKeyPair::from_private_key_der(algorithm, &pkcs8).ok()
}

fn sec1(number: &[u8], point: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, der::Error> {
    let mut fields = Zeroizing::new(1u8.to_der()?);
    fields.extend_from_slice(&Zeroizing::new(OctetStringRef::new(number)?.to_der()?));
    if let Some(point) = point {
        let bits = AnyRef::new(Tag::BitString, &[&[0], point].concat())?.to_der()?;
        let public = Tag::ContextSpecific { constructed: true, number: der::TagNumber(1) };
        fields.extend_from_slice(&AnyRef::new(public, &bits)?.to_der()?);
    }
    AnyRef::new(Tag::Sequence, &fields)?.to_der().map(Zeroizing::new)
}

/// PKCS#8 of version 1 around the inner form of a key.
pub(super) fn wrap(algorithm: AlgorithmIdentifierRef<'_>, inner: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let inner = OctetStringRef::new(inner).ok()?;
    PrivateKeyInfoRef::new(algorithm, inner).to_der().map(Zeroizing::new).ok()
}

/// The public key of a private one that cannot be used, computed where that can be done, else as the file states it.
pub(super) fn public_of_unusable(der: &[u8]) -> Option<PublicKey> {
    let Some(info) = private_key_info::read(der) else {
        let elements = elements(der)?;
        return match elements.as_slice() {
            [_, p, q, g, y, _] => stated::dsa(*p, *q, *g, *y),
            [_, modulus, exponent, _, ..] if modulus.tag() == Tag::Integer => {
                stated::rsa(oid::RSA, Some(AnyRef::NULL), *modulus, *exponent)
            }
            _ => Sec1::read(der).and_then(|key| stated::spki(oid::EC, key.parameters, key.public?)),
        };
    };
    let computed = match info.algorithm {
        oid::X25519 => x25519(&info).ok().and_then(|public| stated::spki(oid::X25519, None, &public)),
        oid::EC => Sec1::read(info.private_key)
            .and_then(|key| stated::spki(oid::EC, info.parameters.or(key.parameters), key.public?)),
        oid::RSA | oid::RSA_PSS => match elements(info.private_key)?.as_slice() {
            [_, modulus, exponent, ..] => stated::rsa(info.algorithm, info.parameters, *modulus, *exponent),
            _ => None,
        },
        _ => None,
    };
    computed.or_else(|| stated::spki(info.algorithm, info.parameters, info.public_key?))
}
