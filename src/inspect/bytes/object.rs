//! One DER or BER object: how long it is, and what it is.

use der::asn1::{AnyRef, BitString, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfo};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use super::container;
use super::{Form, Item, Kind};
use crate::formats::ber::{self, BerError};
use crate::model::certificate::Certificate;
use crate::model::place::Place;
use crate::model::private_key::{PrivateKey, PrivateKeyError, UnusableKey};
use crate::model::public_key::PublicKey;
use crate::model::request::Request;

/// Why some bytes are no object, or none that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// The object wants more bytes than there are. `of` is unknown for indefinite lengths.
    Truncated {
        have: usize,
        of: Option<usize>,
    },
    Malformed(String),
    /// Well-formed, but nothing that this program knows.
    Unknown,
}

/// What an object is: one item, or what a container gives at once.
#[derive(Debug)]
pub(super) struct Object {
    pub form: Form,
    pub items: Vec<Item>,
}

/// How a length is written (X.690 section 8.1.3).
enum Length {
    Definite { header: usize, total: usize },
    Indefinite,
}

/// The length of the object at the start of `bytes`, header included.
pub(super) fn extent(bytes: &[u8]) -> Result<usize, Problem> {
    match length(bytes)? {
        Length::Definite { total, .. } if total <= bytes.len() => Ok(total),
        Length::Definite { total, .. } => Err(Problem::Truncated { have: bytes.len(), of: Some(total) }),
        Length::Indefinite => match ber::to_der(bytes) {
            Ok(_) => Ok(bytes.len()),
            Err(BerError::Trailing { offset }) => Ok(offset),
            Err(BerError::Truncated { at, needed }) => Err(Problem::Truncated { have: at, of: needed }),
            Err(other) => Err(Problem::Malformed(other.to_string())),
        },
    }
}

/// Tag and length octets alone.
fn length(bytes: &[u8]) -> Result<Length, Problem> {
    let cut = Problem::Truncated { have: bytes.len(), of: None };
    match bytes {
        [] | [_] => Err(cut),
        [_, 0x80, ..] => Ok(Length::Indefinite),
        [_, short @ 0..=0x7f, ..] => Ok(Length::Definite { header: 2, total: 2 + usize::from(*short) }),
        [_, long, rest @ ..] => {
            let octets = usize::from(long & 0x7f);
            if octets > 4 {
                return Err(Problem::Malformed(format!("a length of {octets} octets")));
            }
            let octets = rest.get(..octets).ok_or(cut)?;
            let content = octets.iter().fold(0usize, |length, octet| length << 8 | usize::from(*octet));
            let header = 2 + octets.len();
            Ok(Length::Definite { header, total: header.saturating_add(content) })
        }
    }
}

/// The first tag inside the object at the start of `bytes`.
fn first_tag(bytes: &[u8]) -> Option<u8> {
    let header = match length(bytes).ok()? {
        Length::Definite { header, .. } => header,
        Length::Indefinite => 2,
    };
    bytes.get(header).copied()
}

/// True when `bytes` begin as a SEQUENCE in DER or BER does and text does not.
pub(super) fn begins_as_der(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x80..=0x84, ..] => true,
        // Short objects: `0` followed by a printable character may be text.
        [0x30, ..] => {
            let is_text = bytes.iter().all(|byte| *byte >= 0x20 || byte.is_ascii_whitespace());
            !is_text && extent(bytes).is_ok()
        }
        _ => false,
    }
}

/// What the one object is that fills `bytes`. `label` is what PEM calls it, for objects that do not say themselves.
pub(super) fn read(bytes: &[u8], label: Option<&str>, place: &Place) -> Result<Object, Problem> {
    let one = |kind| Ok(Object { form: Form::Der, items: vec![Item { place: place.clone(), name: None, kind }] });
    if let Some(name) = label.and_then(opaque) {
        return one(Kind::Other(name));
    }
    match (bytes.first(), first_tag(bytes)) {
        (Some(0x30), Some(0x02)) => match key(bytes) {
            Some(kind) => one(kind),
            None => container::pkcs12(bytes, place),
        },
        (Some(0x30), Some(0x06)) => container::pkcs7(bytes, place),
        (Some(0x30), Some(0x30)) => match container::encrypted_key(bytes, place) {
            Some(locked) => one(Kind::Locked(locked)),
            None => signed_or_public(bytes).and_then(one),
        },
        (Some(0x06), _) if <ObjectIdentifier>::from_der(bytes).is_ok() => one(Kind::Other("EC parameters".into())),
        _ => Err(Problem::Unknown),
    }
}

/// Labels whose content is never looked at: parameters have no mark of their own.
fn opaque(label: &str) -> Option<String> {
    label.strip_suffix(" PARAMETERS").map(|kind| format!("{kind} parameters"))
}

/// A private key's DER as a kind of item.
pub(super) fn private_key(der: &[u8]) -> Kind {
    match PrivateKey::or_unusable(der) {
        Ok(key) => Kind::Key(key),
        Err(unusable) => Kind::UnusableKey(unusable),
    }
}

/// The same for what a decryption gave, where the two numbers of a public key are no private one.
pub(super) fn decrypted_key(der: &[u8]) -> Kind {
    key(der).unwrap_or(Kind::UnusableKey(PrivateKeyError::NotAKey.into()))
}

/// SEQUENCE { INTEGER …: a private key in one of three forms, a DSA key, or the two numbers of a public RSA key.
fn key(der: &[u8]) -> Option<Kind> {
    match integers(der) {
        Some(2) => rsa_public(der).map(Kind::PublicKey),
        _ => match private_key(der) {
            Kind::UnusableKey(UnusableKey { reason: PrivateKeyError::NotAKey, .. }) => None,
            kind => Some(kind),
        },
    }
}

/// How many elements a SEQUENCE has, when all of them are INTEGERs and they are few.
fn integers(der: &[u8]) -> Option<usize> {
    const MOST: usize = 16;
    let outer = AnyRef::from_der(der).ok()?;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    let mut count = 0;
    while !reader.is_finished() {
        if AnyRef::decode(&mut reader).ok()?.tag() != Tag::Integer || count == MOST {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// RSAPublicKey (RFC 8017 appendix A.1.1), wrapped as SubjectPublicKeyInfo.
fn rsa_public(der: &[u8]) -> Option<PublicKey> {
    let mut reader = SliceReader::new(der).ok()?;
    reader.sequence(|inner| Ok::<_, der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?))).ok()?;
    let algorithm = AlgorithmIdentifierRef { oid: crate::model::public_key::oid::RSA, parameters: Some(AnyRef::NULL) };
    let info = SubjectPublicKeyInfo { algorithm, subject_public_key: BitString::from_bytes(der).ok()? };
    PublicKey::from_spki(&info.to_der().ok()?)
}

/// SEQUENCE { SEQUENCE …: a certificate, a request, a CRL, or a public key.
fn signed_or_public(der: &[u8]) -> Result<Kind, Problem> {
    let certificate = match Certificate::from_der(der) {
        Ok(certificate) => return Ok(Kind::Certificate(certificate)),
        Err(error) => error,
    };
    if let Ok(request) = Request::from_der(der) {
        return Ok(Kind::Request(request));
    }
    if let Some(public) = PublicKey::from_spki(der) {
        return Ok(Kind::PublicKey(public));
    }
    if CertificateRevocationList::from_der(der).is_ok_and(|(rest, _)| rest.is_empty()) {
        return Ok(Kind::Other("certificate revocation list".into()));
    }
    match is_signed(der) {
        true => Err(Problem::Malformed(certificate.to_string())),
        false => Err(Problem::Unknown),
    }
}

/// SEQUENCE { SEQUENCE, SEQUENCE, BIT STRING }: the outside of everything that X.509 signs.
fn is_signed(der: &[u8]) -> bool {
    let Ok(mut reader) = SliceReader::new(der) else { return false };
    let tags = reader.sequence(|inner| {
        let mut tags = Vec::new();
        while !inner.is_finished() && tags.len() < 4 {
            tags.push(AnyRef::decode(inner)?.tag());
        }
        Ok::<_, der::Error>(tags)
    });
    tags.is_ok_and(|tags| tags == [Tag::Sequence, Tag::Sequence, Tag::BitString])
}
