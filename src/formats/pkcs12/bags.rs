//! What stands inside a safe: bags with their attributes (RFC 7292 section 4.2).

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Tag, Tagged};

use super::Pkcs12Error;
use crate::formats::der_fields::{Fields, Malformed};

const fn bag(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub const KEY: ObjectIdentifier = bag("1.2.840.113549.1.12.10.1.1");
pub const SHROUDED_KEY: ObjectIdentifier = bag("1.2.840.113549.1.12.10.1.2");
pub const CERTIFICATE: ObjectIdentifier = bag("1.2.840.113549.1.12.10.1.3");
pub const CRL: ObjectIdentifier = bag("1.2.840.113549.1.12.10.1.4");
pub const SECRET: ObjectIdentifier = bag("1.2.840.113549.1.12.10.1.5");
const SAFE_CONTENTS: ObjectIdentifier = bag("1.2.840.113549.1.12.10.1.6");

pub const X509: ObjectIdentifier = bag("1.2.840.113549.1.9.22.1");
pub const FRIENDLY_NAME: ObjectIdentifier = bag("1.2.840.113549.1.9.20");
pub const LOCAL_KEY_ID: ObjectIdentifier = bag("1.2.840.113549.1.9.21");

/// Safes inside safes; nobody is known to write even one.
const MAX_DEPTH: usize = 8;

/// A SafeBag that is not itself a safe.
pub struct Bag<'a> {
    pub id: ObjectIdentifier,
    pub value: AnyRef<'a>,
    pub friendly_name: Option<String>,
    pub local_key_id: Option<Vec<u8>>,
    /// Whether it stands in a safe in a safe.
    pub is_nested: bool,
}

/// Gives every bag in the DER of SafeContents to `visit`, in file order; safes inside are entered.
pub fn each<'a>(
    contents: &'a [u8],
    visit: &mut impl FnMut(Bag<'a>) -> Result<(), Pkcs12Error>,
) -> Result<(), Pkcs12Error> {
    within(Fields::of_der(contents, Tag::Sequence)?, 0, visit)
}

fn within<'a>(
    mut bags: Fields<'a>,
    depth: usize,
    visit: &mut impl FnMut(Bag<'a>) -> Result<(), Pkcs12Error>,
) -> Result<(), Pkcs12Error> {
    if depth > MAX_DEPTH {
        return Err(Pkcs12Error::Malformed(format!("more than {MAX_DEPTH} safes inside each other")));
    }
    while let Some(bag) = bags.next()? {
        let mut fields = Fields::of(bag, Tag::Sequence)?;
        let (id, value) = (fields.oid()?, fields.explicit(0)?);
        if id == SAFE_CONTENTS {
            within(Fields::of(value, Tag::Sequence)?, depth + 1, visit)?;
            continue;
        }
        let (friendly_name, local_key_id) = attributes(fields.optional(Tag::Set)?)?;
        visit(Bag { id, value, friendly_name, local_key_id, is_nested: depth > 0 })?;
    }
    Ok(())
}

type Attributes = (Option<String>, Option<Vec<u8>>);

/// An attribute of an unexpected type is passed over: it is only a label.
fn attributes(set: Option<AnyRef<'_>>) -> Result<Attributes, Malformed> {
    let (mut name, mut id) = (None, None);
    let Some(set) = set else { return Ok((name, id)) };
    let mut all = Fields::of(set, Tag::Set)?;
    while let Some(attribute) = all.next()? {
        let mut fields = Fields::of(attribute, Tag::Sequence)?;
        let (kind, values) = (fields.oid()?, fields.any()?);
        let Some(value) = Fields::of(values, Tag::Set)?.next()? else { continue };
        match (kind, value.tag()) {
            (FRIENDLY_NAME, Tag::BmpString) => name = Some(utf16(value.value())),
            (FRIENDLY_NAME, Tag::Utf8String) => name = Some(String::from_utf8_lossy(value.value()).into_owned()),
            (LOCAL_KEY_ID, Tag::OctetString) => id = Some(value.value().to_vec()),
            _ => {}
        }
    }
    Ok((name, id))
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| pair.iter().fold(0u16, |unit, byte| unit << 8 | u16::from(*byte)));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The X.509 certificate in a certificate bag; `None` for the other kind, SDSI.
pub fn certificate(value: AnyRef<'_>) -> Result<Option<Vec<u8>>, Malformed> {
    let mut fields = Fields::of(value, Tag::Sequence)?;
    if fields.oid()? != X509 {
        return Ok(None);
    }
    let octets = fields.explicit(0)?;
    match octets.tag() {
        Tag::OctetString => Ok(Some(octets.value().to_vec())),
        _ => Err(Malformed),
    }
}
