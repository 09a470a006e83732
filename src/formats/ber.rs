//! BER into DER (X.690), as far as readers of PKCS#7, PKCS#8 and PKCS#12 need it: indefinite lengths become definite,
//! lengths become minimal, and strings that were written in pieces are joined. NSS and `openssl cms -stream` write such files.
//!
//! The order of a SET and the values of booleans stay as they are: no reader above cares.

use std::borrow::Cow;

/// Elements inside elements. Real files stay below 20; the bound keeps a hostile one from using up the stack.
const MAX_DEPTH: usize = 64;

/// Why some bytes are not one BER value. Offsets count from the first byte given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BerError {
    #[error("there is nothing in it")]
    Empty,
    /// The bytes end at `at`. `needed` is the whole length when the outermost element told it.
    #[error("it ends at byte {at}{}", needed.map(|n| format!(" of {n}")).unwrap_or_default())]
    Truncated { at: usize, needed: Option<usize> },
    #[error("byte {offset}: {what}")]
    Malformed { offset: usize, what: &'static str },
    #[error("byte {offset}: more than {MAX_DEPTH} elements inside each other")]
    TooDeep { offset: usize },
    /// A whole value, and then something else.
    #[error("the value ends at byte {offset}, and more follows")]
    Trailing { offset: usize },
}

/// Gives the DER of the one BER value that fills `bytes`; borrowed when it already is DER.
///
/// # Errors
/// See [`BerError`]. What stands inside a primitive OCTET STRING is not looked at.
pub fn to_der(bytes: &[u8]) -> Result<Cow<'_, [u8]>, BerError> {
    let input = Input::new(bytes)?;
    let (end, is_der) = input.check(0, Limit::open(bytes.len()), 0)?;
    if end < bytes.len() {
        return Err(BerError::Trailing { offset: end });
    }
    if is_der {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut out = Vec::with_capacity(bytes.len());
    input.convert(0, Limit::open(bytes.len()), &mut out)?;
    Ok(Cow::Owned(out))
}

/// The bytes of an implicitly tagged string, whose tag no longer tells that it is one: of a constructed one the pieces
/// are joined. `value` is DER content.
pub fn join_implicit(constructed: bool, value: &[u8]) -> Result<Cow<'_, [u8]>, BerError> {
    if !constructed {
        return Ok(Cow::Borrowed(value));
    }
    let mut joined = Vec::with_capacity(value.len());
    let (input, mut at) = (Input { bytes: value, whole: None }, 0);
    while at < value.len() {
        let header = input.header(at, Limit::open(value.len()))?;
        let end = header.length.map(|length| header.start + length).unwrap_or(value.len());
        if input.byte(at) != Some(OCTET_STRING) {
            return Err(BerError::Malformed { offset: at, what: "a piece of a string that is no OCTET STRING" });
        }
        joined.extend_from_slice(value.get(header.start..end).unwrap_or_default());
        at = end;
    }
    Ok(Cow::Owned(joined))
}

const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// Universal types that are strings and may therefore come in pieces (X.690 section 8.7 and following).
fn is_string(tag: u8) -> bool {
    matches!(tag, BIT_STRING | OCTET_STRING | 0x0c | 0x12..=0x16 | 0x19..=0x1c | 0x1e)
}

/// Where an element must end, and whether that is the end of all bytes or of an element around it.
#[derive(Clone, Copy)]
struct Limit {
    end: usize,
    inside_definite: bool,
}

impl Limit {
    fn open(end: usize) -> Limit {
        Limit { end, inside_definite: false }
    }
}

struct Header {
    /// Of the tag alone.
    tag_length: usize,
    /// Where the content begins.
    start: usize,
    /// `None` is the indefinite form.
    length: Option<usize>,
    minimal: bool,
}

struct Input<'a> {
    bytes: &'a [u8],
    /// The whole length that the outermost element tells.
    whole: Option<usize>,
}

impl<'a> Input<'a> {
    fn new(bytes: &'a [u8]) -> Result<Input<'a>, BerError> {
        if bytes.is_empty() {
            return Err(BerError::Empty);
        }
        let mut input = Input { bytes, whole: None };
        // The outermost header is read without a limit, to learn how long the value wants to be.
        let header = input.header(0, Limit::open(usize::MAX))?;
        input.whole = header.length.and_then(|length| header.start.checked_add(length));
        if input.whole.is_some_and(|whole| whole > bytes.len()) {
            return Err(input.truncated());
        }
        Ok(input)
    }

    fn truncated(&self) -> BerError {
        BerError::Truncated { at: self.bytes.len(), needed: self.whole }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn header(&self, at: usize, limit: Limit) -> Result<Header, BerError> {
        let next = |position: usize| match self.byte(position) {
            Some(byte) if position < limit.end => Ok(byte),
            _ => Err(self.past(at, limit)),
        };
        let mut position = at + 1;
        if next(at)? & 0x1f == 0x1f {
            // X.690 section 8.1.2.4; nothing here has a tag number over 14 bits.
            while next(position)? & 0x80 != 0 {
                position += 1;
                if position > at + 2 {
                    return Err(BerError::Malformed { offset: at, what: "a tag number that is too large" });
                }
            }
            position += 1;
        }
        let tag_length = position - at;
        let first = next(position)?;
        position += 1;
        let (length, minimal) = match first {
            0x80 => (None, false),
            0..=0x7f => (Some(usize::from(first)), true),
            _ => {
                let octets = usize::from(first & 0x7f);
                let mut length = 0usize;
                for _ in 0..octets {
                    if length >> (usize::BITS - 16) != 0 {
                        return Err(BerError::Malformed { offset: at, what: "a length that is too large" });
                    }
                    length = length << 8 | usize::from(next(position)?);
                    position += 1;
                }
                (Some(length), octets == length_octets(length).len() - 1)
            }
        };
        let header = Header { tag_length, start: position, length, minimal };
        match length.map(|length| position.saturating_add(length)) {
            Some(end) if end > limit.end => Err(self.past(at, limit)),
            _ => Ok(header),
        }
    }

    /// An element at `at` goes past its limit: the file is cut short, or two lengths contradict each other.
    fn past(&self, at: usize, limit: Limit) -> BerError {
        match limit.inside_definite {
            true => BerError::Malformed { offset: at, what: "an element longer than the one around it" },
            false => self.truncated(),
        }
    }

    /// Where the element at `at` ends, and whether it is DER as it stands.
    fn check(&self, at: usize, limit: Limit, depth: usize) -> Result<(usize, bool), BerError> {
        if depth > MAX_DEPTH {
            return Err(BerError::TooDeep { offset: at });
        }
        let header = self.header(at, limit)?;
        let tag = self.byte(at).unwrap_or_default();
        if tag & CONSTRUCTED == 0 {
            let length = header
                .length
                .ok_or(BerError::Malformed { offset: at, what: "a primitive element of indefinite length" })?;
            return match self.bytes.get(at..at + 2) == Some(&END_OF_CONTENTS) {
                true => Err(BerError::Malformed { offset: at, what: "an end of contents where none is open" }),
                false => Ok((header.start + length, header.minimal)),
            };
        }
        let mut is_der = header.minimal && !is_string(tag & !CONSTRUCTED);
        let inner = inner_limit(&header, limit);
        let mut position = header.start;
        while !self.ends(&header, position, inner)? {
            let (end, child_is_der) = self.check(position, inner, depth + 1)?;
            is_der &= child_is_der;
            position = end;
        }
        Ok((if header.length.is_some() { position } else { position + 2 }, is_der))
    }

    /// Whether the content of `header`'s element is over at `position`.
    fn ends(&self, header: &Header, position: usize, inner: Limit) -> Result<bool, BerError> {
        if header.length.is_some() {
            return Ok(position >= inner.end);
        }
        match self.bytes.get(position..inner.end.min(self.bytes.len())) {
            Some([0, 0, ..]) => Ok(true),
            Some([] | [0]) | None => Err(self.past(position, inner)),
            Some(_) => Ok(false),
        }
    }

    /// Appends the DER of the element at `at`, which `check` has approved; gives where it ends.
    fn convert(&self, at: usize, limit: Limit, out: &mut Vec<u8>) -> Result<usize, BerError> {
        let header = self.header(at, limit)?;
        let tag = self.byte(at).unwrap_or_default();
        let inner = inner_limit(&header, limit);
        let mut content = Vec::new();
        let (end, joined) = if tag & CONSTRUCTED == 0 {
            let end = header.start + header.length.unwrap_or_default();
            content.extend_from_slice(self.bytes.get(header.start..end).unwrap_or_default());
            (end, false)
        } else {
            let joined = is_string(tag & !CONSTRUCTED);
            let mut position = header.start;
            while !self.ends(&header, position, inner)? {
                position = match joined {
                    true => self.piece(position, inner, tag & !CONSTRUCTED, &mut content)?,
                    false => self.convert(position, inner, &mut content)?,
                };
            }
            (if header.length.is_some() { position } else { position + 2 }, joined)
        };
        let tag_bytes = self.bytes.get(at..at + header.tag_length).unwrap_or_default();
        out.extend(tag_bytes.iter().map(|byte| if joined { byte & !CONSTRUCTED } else { *byte }));
        out.extend(length_octets(content.len()));
        out.append(&mut content);
        Ok(end)
    }

    /// Appends one piece of a string that was written in pieces; pieces may themselves be in pieces.
    fn piece(&self, at: usize, limit: Limit, kind: u8, content: &mut Vec<u8>) -> Result<usize, BerError> {
        let tag = self.byte(at).unwrap_or_default() & !CONSTRUCTED;
        // X.690 section 8.23 lets the pieces of any string be OCTET STRINGs.
        if tag != kind && tag != OCTET_STRING {
            return Err(BerError::Malformed { offset: at, what: "a string with a piece of another type" });
        }
        let mut whole = Vec::new();
        let end = self.convert(at, limit, &mut whole)?;
        let piece = Input { bytes: &whole, whole: None };
        let start = piece.header(0, Limit::open(whole.len()))?.start;
        let value = whole.get(start..).unwrap_or_default();
        if kind != BIT_STRING {
            content.extend_from_slice(value);
        } else if let [unused, bits @ ..] = value {
            // Only the last piece may have unused bits (section 8.6.4); its count is the count of the whole.
            match content.first_mut() {
                Some(count) if *count == 0 => *count = *unused,
                Some(_) => return Err(BerError::Malformed { offset: at, what: "a BIT STRING with a gap" }),
                None => content.push(*unused),
            }
            content.extend_from_slice(bits);
        }
        Ok(end)
    }
}

fn inner_limit(header: &Header, limit: Limit) -> Limit {
    match header.length {
        Some(length) => Limit { end: header.start.saturating_add(length).min(limit.end), inside_definite: true },
        None => limit,
    }
}

/// The length octets of DER: one, or a count and as many as needed.
pub(super) fn length_octets(length: usize) -> Vec<u8> {
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => vec![short],
        _ => {
            let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            let mut all = vec![0x80 | u8::try_from(octets.len()).unwrap_or(8)];
            all.extend(octets);
            all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DER: &[u8] = &[0x30, 0x08, 0x02, 0x01, 0x03, 0x04, 0x03, b'a', b'b', b'c'];

    #[test]
    fn der_is_borrowed() {
        assert!(matches!(to_der(DER), Ok(Cow::Borrowed(bytes)) if bytes == DER));
        assert!(matches!(to_der(&[0x05, 0x00]), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn indefinite_lengths_and_pieces_become_the_same_der() {
        let ber: &[u8] = &[
            0x30, 0x80, 0x02, 0x81, 0x01, 0x03, 0x24, 0x80, 0x04, 0x01, b'a', 0x24, 0x06, 0x04, 0x01, b'b', 0x04, 0x01,
            b'c', 0x00, 0x00, 0x00, 0x00,
        ];
        assert_eq!(to_der(ber).unwrap(), DER);
    }

    #[test]
    fn a_bit_string_in_pieces_keeps_its_unused_bits() {
        let ber: &[u8] = &[0x23, 0x80, 0x03, 0x02, 0x00, 0xff, 0x03, 0x02, 0x04, 0xf0, 0x00, 0x00];
        assert_eq!(to_der(ber).unwrap().as_ref(), [0x03, 0x03, 0x04, 0xff, 0xf0]);
        let gap: &[u8] = &[0x23, 0x80, 0x03, 0x02, 0x04, 0xf0, 0x03, 0x02, 0x00, 0xff, 0x00, 0x00];
        assert!(matches!(to_der(gap), Err(BerError::Malformed { offset: 6, .. })));
    }

    #[test]
    fn an_implicit_string_is_joined_on_demand() {
        let ber: &[u8] = &[0xa0, 0x80, 0x04, 0x01, b'a', 0x04, 0x01, b'b', 0x00, 0x00];
        let der = to_der(ber).unwrap();
        assert_eq!(der.as_ref(), [0xa0, 0x06, 0x04, 0x01, b'a', 0x04, 0x01, b'b']);
        assert_eq!(join_implicit(true, &der[2..]).unwrap().as_ref(), b"ab");
        assert_eq!(join_implicit(false, b"ab").unwrap().as_ref(), b"ab");
    }

    #[test]
    fn cut_anywhere_it_is_truncated_and_says_where() {
        for end in 1..DER.len() {
            let needed = (end >= 2).then_some(DER.len());
            assert_eq!(to_der(&DER[..end]), Err(BerError::Truncated { at: end, needed }), "{end}");
        }
        let ber: &[u8] = &[0x30, 0x80, 0x24, 0x80, 0x04, 0x01, b'a', 0x00, 0x00, 0x00, 0x00];
        for end in 1..ber.len() {
            assert_eq!(to_der(&ber[..end]), Err(BerError::Truncated { at: end, needed: None }), "{end}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(to_der(&[]), Err(BerError::Empty));
        assert_eq!(to_der(&[0x05, 0x00, 0x0a]), Err(BerError::Trailing { offset: 2 }));
        assert!(matches!(to_der(&[0x30, 0x02, 0x04, 0x05]), Err(BerError::Malformed { offset: 2, .. })));
        assert!(matches!(to_der(&[0x04, 0x80, 0x00, 0x00]), Err(BerError::Malformed { offset: 0, .. })));
        assert!(matches!(to_der(&[0x30, 0x02, 0x00, 0x00]), Err(BerError::Malformed { offset: 2, .. })));
        assert!(matches!(to_der(&[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]), Err(BerError::Malformed { .. })));
    }

    #[test]
    fn depth_is_bounded() {
        for byte in [0x80u8, 0x00] {
            let deep: Vec<u8> = [0x30, byte].repeat(100_000);
            assert!(to_der(&deep).is_err());
        }
        let deep = [[0x30, 0x80].repeat(100_000), [0x00, 0x00].repeat(100_000)].concat();
        assert!(matches!(to_der(&deep), Err(BerError::TooDeep { .. })));
    }
}
