//! A file seen as text: its encoding told, and for every byte of it the line, the column and the offset in the file.

use std::borrow::Cow;

use super::invisible;
use crate::model::place::Place;

/// How the characters are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// ASCII, UTF-8 or any eight-bit set.
    Plain,
    /// UTF-8 after the mark EF BB BF.
    Utf8Mark,
    Utf16Le,
    Utf16Be,
}

/// Line ends of a file, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineEnds {
    pub lf: usize,
    pub crlf: usize,
    pub cr: usize,
}

/// A file's bytes without byte order mark, one byte a character where it is UTF-16. All offsets given to it count in `bytes()`.
#[derive(Debug)]
pub struct Text<'a> {
    bytes: Cow<'a, [u8]>,
    encoding: Encoding,
    /// Length of the byte order mark.
    mark: usize,
    ends: LineEnds,
    /// For each stretch of `STRETCH` bytes: how many lines end before it, and where the line begins that it begins in.
    index: Vec<(usize, usize)>,
}

/// Short enough that looking up a place costs nothing, long enough that the index stays small beside the file.
const STRETCH: usize = 256;

/// What stands for a dash of UTF-16, and is one in the Windows character set.
const WINDOWS_DASH: u8 = 0x96;

impl<'a> Text<'a> {
    pub fn new(file: &'a [u8]) -> Text<'a> {
        let (encoding, mark) = encoding(file);
        let rest = file.get(mark..).unwrap_or_default();
        let bytes = match encoding {
            Encoding::Plain | Encoding::Utf8Mark => Cow::Borrowed(rest),
            Encoding::Utf16Le => Cow::Owned(narrow(rest, u16::from_le_bytes)),
            Encoding::Utf16Be => Cow::Owned(narrow(rest, u16::from_be_bytes)),
        };
        let (index, ends) = index(&bytes);
        Text { bytes, encoding, mark, ends, index }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// True when the file begins with U+FEFF in its encoding.
    pub fn has_mark(&self) -> bool {
        self.mark > 0
    }

    pub fn line_ends(&self) -> LineEnds {
        self.ends
    }

    /// Line and column, both counted from 1. A column is a byte, not a character.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.bytes.len());
        let stretch = at / STRETCH;
        let (mut line, mut start) = self.index.get(stretch).copied().unwrap_or((0, 0));
        for here in stretch * STRETCH..at {
            if ends_line(&self.bytes, here) {
                (line, start) = (line + 1, here + 1);
            }
        }
        (line + 1, at - start + 1)
    }

    /// Offset in the file as it is on disk.
    pub fn offset(&self, at: usize) -> usize {
        self.mark + at * self.width()
    }

    /// The other way round: which byte of the text stands at an offset of the file.
    pub fn index(&self, offset: usize) -> usize {
        offset.saturating_sub(self.mark) / self.width()
    }

    /// Bytes of the file for each byte of the text.
    fn width(&self) -> usize {
        match self.encoding {
            Encoding::Plain | Encoding::Utf8Mark => 1,
            Encoding::Utf16Le | Encoding::Utf16Be => 2,
        }
    }

    pub fn place(&self, file: &str, block: Option<usize>, at: usize) -> Place {
        Place { file: file.to_owned(), block, line: Some(self.position(at).0), offset: Some(self.offset(at)) }
    }
}

fn encoding(file: &[u8]) -> (Encoding, usize) {
    match file {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8Mark, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        // A JKS file begins with FE ED, so the second byte decides.
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        // Without a mark: ASCII characters with zeros between them.
        [a, 0, b, 0, c, 0, ..] if [a, b, c].iter().all(|byte| is_printable(**byte)) => (Encoding::Utf16Le, 0),
        [0, a, 0, b, 0, c, ..] if [a, b, c].iter().all(|byte| is_printable(**byte)) => (Encoding::Utf16Be, 0),
        _ => (Encoding::Plain, 0),
    }
}

fn is_printable(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

/// UTF-16 units to one byte each. What PEM never holds becomes 0xFF, but dashes stay dashes and invisible characters invisible.
fn narrow(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (units, rest) = bytes.as_chunks::<2>();
    let narrowed = units.iter().map(|pair| match unit(*pair) {
        0x2010..=0x2015 | 0x2212 => WINDOWS_DASH,
        ascii @ 0..=0x7f => ascii.to_be_bytes()[1],
        space if invisible::is_unit(space) => invisible::NO_BREAK_SPACE,
        _ => 0xff,
    });
    // Half a unit at the end is a cut file: keep it visible as a character that belongs nowhere.
    narrowed.chain(rest.iter().map(|_| 0xff)).collect()
}

fn ends_line(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'\n') => true,
        Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

fn index(bytes: &[u8]) -> (Vec<(usize, usize)>, LineEnds) {
    let mut index = Vec::with_capacity(bytes.len() / STRETCH + 1);
    let (mut line, mut start, mut ends) = (0, 0, LineEnds::default());
    for (number, stretch) in bytes.chunks(STRETCH).enumerate() {
        index.push((line, start));
        for (byte, at) in stretch.iter().zip(number * STRETCH..) {
            if *byte == b'\n' || *byte == b'\r' {
                let after_cr = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r');
                match (byte, ends_line(bytes, at)) {
                    (b'\n', _) if after_cr => ends.crlf += 1,
                    (b'\n', _) => ends.lf += 1,
                    (_, true) => ends.cr += 1,
                    // The first half of CRLF.
                    (_, false) => continue,
                }
                (line, start) = (line + 1, at + 1);
            }
        }
    }
    if bytes.len().is_multiple_of(STRETCH) {
        index.push((line, start));
    }
    (index, ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_agree_with_counting_from_the_start() {
        let bytes: Vec<u8> = (0..2000u32).map(|i| b"ab\n\rc\r\nd\r\r\n"[(i * i % 11) as usize]).collect();
        let text = Text::new(&bytes);
        let (mut line, mut column) = (1, 1);
        for at in 0..bytes.len() {
            assert_eq!(text.position(at), (line, column), "{at}");
            match ends_line(&bytes, at) {
                true => (line, column) = (line + 1, 1),
                false => column += 1,
            }
        }
        let ends = text.line_ends();
        assert_eq!(ends.lf + ends.crlf + ends.cr, line - 1);
    }

    #[test]
    fn encodings_are_told_and_offsets_are_those_of_the_file() {
        let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.iter().copied().chain("A\n–é".encode_utf16().flat_map(unit)).collect()
        };
        for (file, encoding, offset) in [
            (b"A\n-\xff".to_vec(), Encoding::Plain, 2),
            (b"\xef\xbb\xbfA\n-\xff".to_vec(), Encoding::Utf8Mark, 5),
            (utf16(b"\xff\xfe", u16::to_le_bytes), Encoding::Utf16Le, 6),
            (utf16(b"\xfe\xff", u16::to_be_bytes), Encoding::Utf16Be, 6),
        ] {
            let text = Text::new(&file);
            assert_eq!((text.encoding(), text.offset(2), text.position(2)), (encoding, offset, (2, 1)));
            assert_eq!(text.index(offset), 2);
            assert_eq!((&text.bytes()[..2], text.bytes()[3]), (&b"A\n"[..], 0xff));
        }
        assert_eq!(Text::new(b"-\0-\0-\0").encoding(), Encoding::Utf16Le);
        assert_eq!(Text::new(b"\0-\0-\0-").encoding(), Encoding::Utf16Be);
    }
}
