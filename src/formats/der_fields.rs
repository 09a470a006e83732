//! Reading the fields of a DER structure one by one, and writing them, for formats whose libraries are too strict or absent.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};
use zeroize::Zeroizing;

use super::ber::length_octets;

/// The bytes do not have the structure they should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl From<der::Error> for Malformed {
    fn from(_: der::Error) -> Malformed {
        Malformed
    }
}

pub(super) const fn context(number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific { constructed, number: TagNumber(number) }
}

/// What stands inside a constructed element, in order.
#[derive(Clone)]
pub(super) struct Fields<'a>(SliceReader<'a>);

impl<'a> Fields<'a> {
    /// Of the one element that fills `der`, which must have `tag`.
    pub fn of_der(der: &'a [u8], tag: Tag) -> Result<Fields<'a>, Malformed> {
        Fields::of(AnyRef::from_der(der)?, tag)
    }

    pub fn of(element: AnyRef<'a>, tag: Tag) -> Result<Fields<'a>, Malformed> {
        match element.tag() == tag {
            true => Ok(Fields(SliceReader::new(element.value())?)),
            false => Err(Malformed),
        }
    }

    pub fn sequence(&mut self) -> Result<Fields<'a>, Malformed> {
        Fields::of(self.any()?, Tag::Sequence)
    }

    /// The next field, or `None` when there is none left.
    pub fn next(&mut self) -> Result<Option<AnyRef<'a>>, Malformed> {
        match self.0.is_finished() {
            true => Ok(None),
            false => Ok(Some(AnyRef::decode(&mut self.0)?)),
        }
    }

    pub fn any(&mut self) -> Result<AnyRef<'a>, Malformed> {
        self.next()?.ok_or(Malformed)
    }

    /// The next field if it has `tag`; otherwise it stays for later.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<AnyRef<'a>>, Malformed> {
        match !self.0.is_finished() && Tag::peek(&self.0)? == tag {
            true => self.next(),
            false => Ok(None),
        }
    }

    pub fn oid(&mut self) -> Result<ObjectIdentifier, Malformed> {
        Ok(self.any()?.decode_as::<ObjectIdentifier>()?)
    }

    pub fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        let field = self.any()?;
        match field.tag() {
            Tag::OctetString => Ok(field.value()),
            _ => Err(Malformed),
        }
    }

    pub fn integer(&mut self) -> Result<i128, Malformed> {
        integer(self.any()?)
    }

    /// The element inside the explicit tag `[number]`.
    pub fn explicit(&mut self, number: u32) -> Result<AnyRef<'a>, Malformed> {
        let field = self.any()?;
        match field.tag() == context(number, true) {
            true => Ok(AnyRef::from_der(field.value())?),
            false => Err(Malformed),
        }
    }
}

/// An INTEGER; one that takes more than 15 bytes counts as the largest or smallest there is.
pub(super) fn integer(field: AnyRef<'_>) -> Result<i128, Malformed> {
    let [first, rest @ ..] = field.value() else { return Err(Malformed) };
    if field.tag() != Tag::Integer {
        return Err(Malformed);
    }
    let negative = first & 0x80 != 0;
    if rest.len() > 14 {
        return Ok(if negative { i128::MIN } else { i128::MAX });
    }
    let start = if negative { -1 } else { 0 };
    Ok(field.value().iter().fold(start, |value, byte| value << 8 | i128::from(*byte)))
}

/// The DER of an element with a one-byte tag, whose content is `parts` one after the other.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = parts.iter().map(|part| part.len()).sum();
    let octets = length_octets(length);
    // As large as it will become: growing would leave copies of a key behind in memory.
    let mut out = Zeroizing::new(Vec::with_capacity(1 + octets.len() + length));
    out.push(tag);
    out.extend_from_slice(&octets);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: &[u8] = &[0x05, 0x00];

pub(super) fn oid_der(oid: ObjectIdentifier) -> Vec<u8> {
    element(0x06, &[oid.as_bytes()]).to_vec()
}

/// A number that is not negative.
pub(super) fn integer_der(value: u32) -> Vec<u8> {
    let bytes: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let sign: &[u8] = if bytes.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    element(0x02, &[sign, &bytes]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_and_written() {
        for value in [0u32, 1, 127, 128, 255, 256, 2048, 600_000, u32::MAX] {
            let der = integer_der(value);
            assert_eq!(integer(AnyRef::from_der(&der).unwrap()), Ok(i128::from(value)), "{der:?}");
        }
        assert_eq!(integer(AnyRef::new(Tag::Integer, &[0xff]).unwrap()), Ok(-1));
        assert_eq!(integer(AnyRef::new(Tag::Integer, &[0x7f; 40]).unwrap()), Ok(i128::MAX));
        assert_eq!(integer(AnyRef::new(Tag::Integer, &[]).unwrap()), Err(Malformed));
    }
}
