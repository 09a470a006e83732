//! The outer parts of a PKCS#12 file: PFX, AuthenticatedSafe, and the safes, encrypted or plain (RFC 7292 section 4).

use std::borrow::Cow;

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Encode, Tag, Tagged};

use super::Pkcs12Error;
use super::mac::MacData;
use crate::formats::ber::{self, BerError};
use crate::formats::der_fields::{Fields, Malformed, context};

pub const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
pub const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
pub const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
pub const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");

/// The DER of the file. Blanks and zeros behind it, as copying by hand leaves them, are dropped.
///
/// # Errors
/// `NotPkcs12` unless it begins like one, as far as it goes; then `Truncated` and `Malformed` with the byte.
pub fn der(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Pkcs12Error> {
    if !begins_like_one(bytes) {
        return Err(Pkcs12Error::NotPkcs12);
    }
    let whole = match ber::to_der(bytes) {
        Err(BerError::Trailing { offset }) => bytes.get(..offset).unwrap_or_default(),
        other => return other.map_err(outer_error),
    };
    let rest = bytes.get(whole.len()..).unwrap_or_default();
    match rest.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        true => ber::to_der(whole).map_err(outer_error),
        false => Err(outer_error(BerError::Trailing { offset: whole.len() })),
    }
}

fn outer_error(error: BerError) -> Pkcs12Error {
    match error {
        BerError::Truncated { at, needed } => Pkcs12Error::Truncated { at, of: needed },
        other => Pkcs12Error::Malformed(other.to_string()),
    }
}

/// SEQUENCE, a version, SEQUENCE, and the OID of PKCS#7 data or signed data: no other file begins so. A shorter file
/// that is like it up to its end counts, so that a truncated one is called truncated.
fn begins_like_one(bytes: &[u8]) -> bool {
    let [0x30, rest @ ..] = bytes else { return false };
    let rest = after_length(rest);
    // Any version: a wrong one is said to be a wrong version.
    let [0x02, 0x01, _, rest @ ..] = rest else { return [0x02, 0x01].starts_with(rest.get(..2).unwrap_or(rest)) };
    let [0x30, rest @ ..] = rest else { return rest.is_empty() };
    let rest = after_length(rest);
    match rest.split_at_checked(PKCS7_ARC.len()) {
        Some((arc, kind)) => arc == PKCS7_ARC && matches!(kind, [] | [1 | 2, ..]),
        None => PKCS7_ARC.starts_with(rest),
    }
}

/// The OID 1.2.840.113549.1.7 and one more number.
const PKCS7_ARC: [u8; 10] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// What follows the length octets, of as many as there are.
fn after_length(bytes: &[u8]) -> &[u8] {
    match bytes {
        [first @ 0x81..=0xff, rest @ ..] => rest.get(usize::from(first & 0x7f)..).unwrap_or_default(),
        [_, rest @ ..] => rest,
        [] => &[],
    }
}

/// The parts of a file, found but not yet believed.
pub struct Pfx<'a> {
    /// The octets that the MAC covers: the AuthenticatedSafe as it was encoded.
    pub authenticated: &'a [u8],
    pub mac: Option<MacData<'a>>,
}

impl<'a> Pfx<'a> {
    pub fn read(der: &'a [u8]) -> Result<Pfx<'a>, Pkcs12Error> {
        let mut fields = Fields::of_der(der, Tag::Sequence)?;
        match fields.integer()? {
            3 => {}
            other => return Err(Pkcs12Error::Unsupported(format!("PKCS#12 version {other}"))),
        }
        let mut content = fields.sequence()?;
        if content.oid()? == SIGNED_DATA {
            return Err(Pkcs12Error::Unsupported("PKCS#12 that is signed instead of locked by a password".into()));
        }
        let octets = content.explicit(0)?;
        let mac = fields.next()?.map(MacData::read).transpose()?;
        match octets.tag() {
            Tag::OctetString => Ok(Pfx { authenticated: octets.value(), mac }),
            _ => Err(Malformed.into()),
        }
    }
}

/// One ContentInfo of the AuthenticatedSafe.
pub enum Safe {
    /// The DER of SafeContents.
    Plain(Vec<u8>),
    Encrypted {
        /// The DER of the AlgorithmIdentifier.
        algorithm: Vec<u8>,
        data: Vec<u8>,
    },
}

/// The safes inside the octets that the MAC covers, in their order.
pub fn safes(authenticated: &[u8]) -> Result<Vec<Safe>, Pkcs12Error> {
    let der = ber::to_der(authenticated)?;
    let mut infos = Fields::of_der(&der, Tag::Sequence)?;
    let mut safes = Vec::new();
    while let Some(info) = infos.next()? {
        safes.push(safe(info)?);
    }
    Ok(safes)
}

fn safe(info: AnyRef<'_>) -> Result<Safe, Pkcs12Error> {
    let mut fields = Fields::of(info, Tag::Sequence)?;
    match fields.oid()? {
        DATA => {
            let octets = fields.explicit(0)?;
            match octets.tag() {
                Tag::OctetString => Ok(Safe::Plain(ber::to_der(octets.value())?.into_owned())),
                _ => Err(Malformed.into()),
            }
        }
        ENCRYPTED_DATA => {
            let mut data = Fields::of(fields.explicit(0)?, Tag::Sequence)?;
            data.integer()?;
            let mut content = data.sequence()?;
            content.oid()?;
            let algorithm = content.any()?;
            // [0] IMPLICIT OCTET STRING, which in BER may come in pieces (RFC 5652 section 6.1).
            let data = match content.next()? {
                Some(data) if data.tag() == context(0, false) => data.value().to_vec(),
                Some(data) if data.tag() == context(0, true) => ber::join_implicit(true, data.value())?.into_owned(),
                Some(_) => return Err(Malformed.into()),
                None => Vec::new(),
            };
            Ok(Safe::Encrypted { algorithm: algorithm.to_der()?, data })
        }
        ENVELOPED_DATA => Err(Pkcs12Error::Unsupported("PKCS#12 that is encrypted for a public key".into())),
        other => Err(Pkcs12Error::Unsupported(format!("a safe of type {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_not_taken_for_pkcs12() {
        let pem = b"-----BEGIN CERTIFICATE-----";
        let pkcs8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22];
        let certificate = [0x30, 0x82, 0x01, 0x00, 0x30, 0x81, 0xa0];
        for bytes in [&b""[..], b"x", pem, &pkcs8, &certificate, &[0x31], &[0xff; 100]] {
            assert_eq!(der(bytes), Err(Pkcs12Error::NotPkcs12), "{bytes:02x?}");
        }
    }

    #[test]
    fn the_beginning_of_one_is_truncated() {
        let start = [0x30, 0x82, 0x0a, 0x00, 0x02, 0x01, 0x03, 0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48];
        for at in 1..start.len() {
            let of = (at >= 4).then_some(0x0a04);
            assert_eq!(der(&start[..at]), Err(Pkcs12Error::Truncated { at, of }), "{at}");
        }
    }
}
