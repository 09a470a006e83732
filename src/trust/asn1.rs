//! Reading DER (X.690) without copying: tags, lengths and contents, and nothing that panics.

/// Some bytes are not the DER that was expected; the text names the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} cannot be read")]
pub struct Malformed(pub &'static str);

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const ENUMERATED: u8 = 0x0a;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// The tag octet of a constructed element tagged `[number]`.
pub const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// The tag octet of a primitive element tagged `[number]`.
pub const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// Tag, length and content.
    pub whole: &'a [u8],
}

/// The elements that stand one after the other in some bytes.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element; `None` when there is none or its encoding is not DER (one-octet tags, definite minimal lengths).
    pub fn element(&mut self) -> Option<Element<'a>> {
        let (&tag, after_tag) = self.rest.split_first()?;
        let (&first, after_first) = after_tag.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, body) = match first {
            0..=0x7f => (usize::from(first), after_first),
            0x81..=0x84 => long_length(after_first, usize::from(first & 0x7f))?,
            _ => return None,
        };
        let content = body.get(..length)?;
        let header = self.rest.len() - body.len();
        let whole = self.rest.get(..header + length)?;
        self.rest = body.get(length..)?;
        Some(Element { tag, content, whole })
    }

    /// The next element, which must have this tag.
    pub fn expect(&mut self, tag: u8, field: &'static str) -> Result<Element<'a>, Malformed> {
        let mut ahead = *self;
        match ahead.element() {
            Some(element) if element.tag == tag => {
                *self = ahead;
                Ok(element)
            }
            _ => Err(Malformed(field)),
        }
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.rest.first() != Some(&tag) {
            return None;
        }
        self.element()
    }

    /// The tag that comes next.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Fails unless everything was read.
    pub fn finish(&self, field: &'static str) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed(field)) }
    }

    /// All elements up to the end, each of which must have this tag.
    pub fn all(mut self, tag: u8, field: &'static str) -> Result<Vec<Element<'a>>, Malformed> {
        let mut list = Vec::new();
        while !self.is_empty() {
            list.push(self.expect(tag, field)?);
        }
        Ok(list)
    }
}

fn long_length(bytes: &[u8], count: usize) -> Option<(usize, &[u8])> {
    let octets = bytes.get(..count)?;
    let length = octets.iter().fold(0usize, |length, octet| length << 8 | usize::from(*octet));
    let minimal = octets.first() != Some(&0) && length > 0x7f;
    minimal.then_some((length, bytes.get(count..)?))
}

/// The content of the only element in `bytes`, which must have this tag.
pub fn only<'a>(bytes: &'a [u8], tag: u8, field: &'static str) -> Result<&'a [u8], Malformed> {
    let mut reader = Reader::new(bytes);
    let element = reader.expect(tag, field)?;
    reader.finish(field)?;
    Ok(element.content)
}

/// A DER BOOLEAN: 00 or FF.
pub fn boolean(content: &[u8], field: &'static str) -> Result<bool, Malformed> {
    match content {
        [0x00] => Ok(false),
        [0xff] => Ok(true),
        _ => Err(Malformed(field)),
    }
}

/// A non-negative INTEGER; larger ones than fit are `u32::MAX`, which is beyond every limit it is compared with.
pub fn unsigned(content: &[u8], field: &'static str) -> Result<u32, Malformed> {
    match content {
        [] => Err(Malformed(field)),
        [first, ..] if *first >= 0x80 => Err(Malformed(field)),
        [0, second, ..] if *second < 0x80 => Err(Malformed(field)),
        _ if content.len() > 5 => Ok(u32::MAX),
        _ => {
            let value = content.iter().fold(0u64, |value, octet| value << 8 | u64::from(*octet));
            Ok(u32::try_from(value).unwrap_or(u32::MAX))
        }
    }
}

/// The bits of a named-bit BIT STRING, bit 0 in the lowest position of the result; bits beyond the sixteenth are dropped.
pub fn named_bits(content: &[u8], field: &'static str) -> Result<u16, Malformed> {
    let (&unused, octets) = content.split_first().ok_or(Malformed(field))?;
    if unused > 7 || (octets.is_empty() && unused != 0) {
        return Err(Malformed(field));
    }
    let bit = |index: usize| octets.get(index / 8).is_some_and(|octet| octet >> (7 - index % 8) & 1 == 1);
    Ok((0..16).filter(|index| bit(*index)).fold(0, |bits, index| bits | 1 << index))
}

/// The octets of a signature's BIT STRING. One with unused bits is no signature that anybody makes: it is read as empty, which
/// no key verifies, so that the rest can still be judged.
pub fn signature(content: &[u8]) -> Result<&[u8], Malformed> {
    match content.split_first() {
        Some((0, octets)) => Ok(octets),
        Some((1..=7, _)) => Ok(&[]),
        _ => Err(Malformed("the signature")),
    }
}

/// A UTCTime or GeneralizedTime in the forms of RFC 5280 section 4.1.2.5, in seconds since 1970.
pub fn time(element: Element<'_>, field: &'static str) -> Result<i64, Malformed> {
    let digits = element.content.strip_suffix(b"Z").ok_or(Malformed(field))?;
    let two = |at: usize| -> Option<i64> {
        match digits.get(at..at + 2)? {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i64::from(a - b'0') * 10 + i64::from(b - b'0')),
            _ => None,
        }
    };
    let (year, at) = match (element.tag, digits.len()) {
        (UTC_TIME, 12) => (two(0).map(|year| if year < 50 { 2000 + year } else { 1900 + year }), 2),
        (GENERALIZED_TIME, 14) => (two(0).zip(two(2)).map(|(century, year)| century * 100 + year), 4),
        _ => return Err(Malformed(field)),
    };
    let parts = [two(at), two(at + 2), two(at + 4), two(at + 6), two(at + 8)];
    let seconds = match (year, parts) {
        (Some(year), [Some(month), Some(day), Some(hour), Some(minute), Some(second)]) => {
            seconds_since_1970(year, month, day, hour, minute, second)
        }
        _ => None,
    };
    seconds.ok_or(Malformed(field))
}

fn seconds_since_1970(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<i64> {
    let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = time::Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
        return None;
    }
    let days = i64::from(date.to_julian_day()) - i64::from(time::macros::date!(1970 - 01 - 01).to_julian_day());
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// An object identifier as people write it; `?` where the encoding is none.
pub fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut value: u64 = 0;
    for octet in oid {
        value = value << 7 | u64::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            arcs.push(value);
            value = 0;
        }
    }
    let Some((&first, others)) = arcs.split_first() else { return "?".into() };
    let top = (first / 40).min(2);
    let mut text = format!("{top}.{}", first - top * 40);
    others.iter().for_each(|arc| text.push_str(&format!(".{arc}")));
    text
}

/// The content octets of an object identifier written with dots.
pub fn encode_oid(dotted: &str) -> Option<Vec<u8>> {
    der::asn1::ObjectIdentifier::new(dotted).ok().map(|oid| oid.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_be_minimal_and_inside() {
        assert_eq!(Reader::new(&[4, 1, 7]).element().map(|e| e.content), Some(&[7u8][..]));
        for bad in
            [&[4u8, 2, 7][..], &[4, 0x81, 1, 7], &[4, 0x80, 0, 0], &[4], &[], &[0x1f, 1, 0], &[4, 0x85, 0, 0, 0, 0, 0]]
        {
            assert!(Reader::new(bad).element().is_none(), "{bad:x?}");
        }
    }

    #[test]
    fn times_are_read_in_their_two_forms_only() {
        let read = |tag, text: &str| time(Element { tag, content: text.as_bytes(), whole: &[] }, "time").ok();
        assert_eq!(read(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(read(UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(read(GENERALIZED_TIME, "20500101000000Z"), Some(2_524_608_000));
        for bad in ["7001010000Z", "700101000000", "701301000000Z", "700101240000Z", "7001010000+0Z", ""] {
            assert_eq!(read(UTC_TIME, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_signature_with_unused_bits_is_an_empty_one() {
        assert_eq!(signature(&[0, 1, 2]), Ok(&[1u8, 2][..]));
        assert_eq!(signature(&[3, 1, 8]), Ok(&[][..]));
        assert!(signature(&[]).is_err() && signature(&[8, 1]).is_err());
    }

    #[test]
    fn object_identifiers_are_dotted() {
        assert_eq!(dotted(&[0x55, 0x1d, 0x11]), "2.5.29.17");
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]), "1.2.840.113549");
        assert_eq!(dotted(&[]), "?");
    }
}
