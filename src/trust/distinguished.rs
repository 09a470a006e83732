//! Comparing distinguished names as RFC 5280 section 7.1 says: case, white space and string type do not matter.

use std::borrow::Cow;

use super::asn1::{self, Malformed, OID, Reader, SEQUENCE, SET};

/// A name reduced to what is compared: its RelativeDistinguishedNames in order, each with its length before it, so that a
/// name lies below another exactly when its bytes begin with the other's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FoldedName(Vec<u8>);

impl FoldedName {
    /// Folds the content of a Name's outer SEQUENCE.
    pub fn read(content: &[u8]) -> Result<FoldedName, Malformed> {
        // Each part of a name comes with two lengths of four bytes in place of three of one.
        let mut name = FoldedName(Vec::with_capacity(content.len() + 32));
        let mut sets = Reader::new(content);
        while !sets.is_empty() {
            name.push(sets.expect(SET, FIELD)?.content)?;
        }
        Ok(name)
    }

    /// Folds a whole Name.
    pub fn read_whole(name: &[u8]) -> Result<FoldedName, Malformed> {
        FoldedName::read(asn1::only(name, SEQUENCE, FIELD)?)
    }

    /// The name of a distribution point: the issuer's name and one RelativeDistinguishedName more (the content of its SET).
    pub fn extended_by(&self, relative_name: &[u8]) -> Result<FoldedName, Malformed> {
        let mut name = self.clone();
        name.push(relative_name)?;
        Ok(name)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `self` lies in the subtree below `base` (RFC 5280 section 4.2.1.10): it begins with all of its parts.
    pub fn is_within(&self, base: &FoldedName) -> bool {
        self.0.starts_with(&base.0)
    }

    /// Appends one RelativeDistinguishedName, given the content of its SET; its attributes are sorted.
    fn push(&mut self, set: &[u8]) -> Result<(), Malformed> {
        let start = self.0.len();
        self.0.extend([0; 4]);
        let mut reader = Reader::new(set);
        attribute(reader.expect(SEQUENCE, FIELD)?.content, &mut self.0)?;
        if !reader.is_empty() {
            self.0.truncate(start + 4);
            let mut attributes = Vec::new();
            for pair in Reader::new(set).all(SEQUENCE, FIELD)? {
                let mut folded = Vec::new();
                attribute(pair.content, &mut folded)?;
                attributes.push(folded);
            }
            attributes.sort();
            attributes.into_iter().for_each(|folded| self.0.extend(folded));
        }
        write_length(&mut self.0, start);
        Ok(())
    }
}

const FIELD: &str = "a name";

/// One AttributeTypeAndValue: its type and the folded value behind its length.
fn attribute(pair: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut pair = Reader::new(pair);
    out.extend_from_slice(pair.expect(OID, FIELD)?.whole);
    let value = pair.element().ok_or(Malformed(FIELD))?;
    pair.finish(FIELD)?;
    let start = out.len();
    out.extend([0; 4]);
    match text(value) {
        Some(text) => fold(&text, out),
        None => out.extend_from_slice(value.whole),
    }
    write_length(out, start);
    Ok(())
}

/// Fills the four bytes at `start` with the number of bytes behind them.
fn write_length(out: &mut [u8], start: usize) {
    let length = (out.len() - start - 4) as u32;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

/// The characters of a DirectoryString or IA5String; `None` for other types and broken encodings, which compare byte for byte.
pub fn text(value: asn1::Element<'_>) -> Option<Cow<'_, str>> {
    const UTF8: u8 = 0x0c;
    const NUMERIC: u8 = 0x12;
    const PRINTABLE: u8 = 0x13;
    const TELETEX: u8 = 0x14;
    const IA5: u8 = 0x16;
    const UNIVERSAL: u8 = 0x1c;
    const BMP: u8 = 0x1e;
    match value.tag {
        UTF8 | NUMERIC | PRINTABLE | IA5 => std::str::from_utf8(value.content).ok().map(Cow::Borrowed),
        TELETEX => Some(value.content.iter().map(|octet| char::from(*octet)).collect()),
        BMP => {
            let units: Vec<u16> = value
                .content
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)))
                .collect();
            String::from_utf16(&units).ok().map(Cow::Owned)
        }
        UNIVERSAL => value
            .content
            .chunks(4)
            .map(|four| char::from_u32(four.iter().fold(0, |c, octet| c << 8 | u32::from(*octet))))
            .collect::<Option<String>>()
            .map(Cow::Owned),
        _ => None,
    }
}

/// Lower case, no white space at the ends, one blank for any run of it inside.
fn fold(text: &str, out: &mut Vec<u8>) {
    if text.is_ascii() {
        return fold_ascii(text.as_bytes(), out);
    }
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend(word.to_lowercase().into_bytes());
    }
}

/// The same for what nearly all names are.
fn fold_ascii(text: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    // One blank between words is how all but the odd name is written.
    let is_blank = |octet: &u8| matches!(octet, b'\t'..=b'\r' | b' ');
    let is_odd = |pair: &[u8]| pair.iter().all(is_blank) || pair.iter().any(|octet| is_blank(octet) && *octet != b' ');
    let has_odd_end = text.first().is_some_and(is_blank) || text.last().is_some_and(is_blank);
    if !has_odd_end && !text.windows(2).any(is_odd) {
        out.extend(text.iter().map(u8::to_ascii_lowercase));
        return;
    }
    let mut after_blank = false;
    for octet in text {
        match octet {
            b'\t'..=b'\r' | b' ' => after_blank = out.len() > start,
            octet => {
                if std::mem::take(&mut after_blank) {
                    out.push(b' ');
                }
                out.push(octet.to_ascii_lowercase());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name with one attribute of type commonName.
    fn common_name(tag: u8, value: &[u8]) -> FoldedName {
        let wrap = |tag: u8, content: Vec<u8>| [vec![tag, content.len() as u8], content].concat();
        let pair = [vec![OID, 3, 0x55, 4, 3], wrap(tag, value.to_vec())].concat();
        FoldedName::read(&wrap(SET, wrap(SEQUENCE, pair))).unwrap()
    }

    #[test]
    fn case_blanks_and_string_types_do_not_matter() {
        let plain = common_name(0x13, b"Example CA");
        assert_eq!(plain, common_name(0x0c, b"  example \t\n ca "));
        assert_eq!(common_name(0x0c, "  ÉXAMPLE\u{a0} ca ".as_bytes()), common_name(0x0c, "éxample ca".as_bytes()));
        assert_eq!(plain, common_name(0x1e, b"\0E\0X\0a\0m\0p\0l\0e\0 \0c\0a"));
        assert_eq!(plain, common_name(0x13, b"\x0bExample\x0bCA"));
        assert_eq!(common_name(0x13, b"\x0b"), common_name(0x13, b""));
        assert_ne!(plain, common_name(0x13, b"ExampleCA"));
        assert_ne!(plain, common_name(0x13, b"Example CA 2"));
    }

    #[test]
    fn a_subtree_holds_longer_names_only() {
        let base = common_name(0x13, b"a");
        let longer = FoldedName([base.0.clone(), common_name(0x13, b"b").0].concat());
        assert!(longer.is_within(&base) && base.is_within(&base) && !base.is_within(&longer));
        assert!(base.is_within(&FoldedName::default()), "the empty name holds all");
    }
}
