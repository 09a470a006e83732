//! OneAsymmetricKey (RFC 5958 section 2): PKCS#8 of version 1 and 2, also as programs write it that read the RFC otherwise.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Class, Tag, Tagged};

use super::der_fields::{Fields, Malformed, context};

/// The fields of a private key in PKCS#8.
#[derive(Debug, Clone, Copy)]
pub struct PrivateKeyInfo<'a> {
    pub algorithm: ObjectIdentifier,
    pub parameters: Option<AnyRef<'a>>,
    /// The content of `privateKey`; what it is depends on the algorithm.
    pub private_key: &'a [u8],
    /// The bits of `publicKey`, which only version 2 has. Nobody has checked that it belongs to the private key.
    pub public_key: Option<&'a [u8]>,
}

/// Reads the one PrivateKeyInfo that fills `der`; `None` when it is none.
///
/// RFC 5958 wants the public key in version 2 and nowhere else; OpenSSL, BouncyCastle and others write version 2 without one. It
/// is tagged `[1] IMPLICIT`; ring before 0.17 and what was made with it tagged it `[1] EXPLICIT`. All of them are read.
pub fn read(der: &[u8]) -> Option<PrivateKeyInfo<'_>> {
    fields(der).ok()
}

fn fields(der: &[u8]) -> Result<PrivateKeyInfo<'_>, Malformed> {
    let mut outer = Fields::of_der(der, Tag::Sequence)?;
    if !(0..=1).contains(&outer.integer()?) {
        return Err(Malformed);
    }
    let mut identifier = outer.sequence()?;
    let (algorithm, parameters) = (identifier.oid()?, identifier.next()?);
    let private_key = outer.octets()?;
    let mut public_key = None;
    while let Some(field) = outer.next()? {
        match field.tag() {
            tag if tag == context(1, false) => public_key = Some(bits(field.value())?),
            tag if tag == context(1, true) => public_key = Some(explicit_bits(field)?),
            // Attributes, and what later versions may add.
            tag if tag.class() == Class::ContextSpecific => {}
            _ => return Err(Malformed),
        }
    }
    Ok(PrivateKeyInfo { algorithm, parameters, private_key, public_key })
}

fn explicit_bits(field: AnyRef<'_>) -> Result<&[u8], Malformed> {
    let mut inner = Fields::of(field, context(1, true))?;
    let string = inner.any()?;
    match (string.tag(), inner.next()?) {
        (Tag::BitString, None) => bits(string.value()),
        _ => Err(Malformed),
    }
}

/// The content of a BIT STRING of whole octets.
fn bits(content: &[u8]) -> Result<&[u8], Malformed> {
    match content {
        [0, bits @ ..] => Ok(bits),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::der_fields::{OCTET_STRING, SEQUENCE, element, integer_der, oid_der};

    fn key(version: u32, rest: &[u8]) -> Vec<u8> {
        let algorithm = element(SEQUENCE, &[&oid_der(ObjectIdentifier::new_unwrap("1.3.101.112"))]);
        element(SEQUENCE, &[&integer_der(version), &algorithm, &element(OCTET_STRING, &[b"seed"]), rest]).to_vec()
    }

    #[test]
    fn the_public_key_is_found_in_every_form_that_is_written() {
        let implicit = element(0x81, &[&[0], b"point"]);
        let explicit = element(0xa1, &[&element(0x03, &[&[0], b"point"])]);
        let attributes = element(0xa0, &[&element(SEQUENCE, &[])]);
        let both = [attributes.as_slice(), &implicit].concat();
        for (version, rest, public) in [
            (0, &[][..], None),
            (1, &[], None),
            (0, &attributes, None),
            (1, &implicit, Some(&b"point"[..])),
            (0, &implicit, Some(b"point")),
            (1, &explicit, Some(b"point")),
            (1, &both, Some(b"point")),
        ] {
            let der = key(version, rest);
            let info = read(&der).unwrap_or_else(|| panic!("{version} {rest:02x?}"));
            assert_eq!((info.private_key, info.public_key), (&b"seed"[..], public), "{version} {rest:02x?}");
        }
    }

    #[test]
    fn what_is_no_private_key_is_none() {
        let bad: [&[u8]; 4] = [&[0x81, 0x00], &[0x81, 0x01, 0x01], &[0xa1, 0x02, 0x04, 0x00], &[0x30, 0x00]];
        for rest in bad {
            assert!(read(&key(1, rest)).is_none(), "{rest:02x?}");
        }
        assert!(read(&key(2, &[])).is_none());
        assert!(read(&[key(0, &[]), vec![0]].concat()).is_none());
    }
}
