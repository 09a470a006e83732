//! What stands between BEGIN and END: headers, then base64 in every layout that mail programs, editors and scripts leave behind.

use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::invisible;

/// Padding and unused bits are judged here, with a place, not by the decoder.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Characters on a line of base64 (RFC 7468 section 2).
const COLUMNS: usize = 64;
/// Headers are few; a hostile file could have a million.
const HEADERS: usize = 16;

/// A block's content, as far as it could be read.
#[derive(Debug)]
pub struct Body {
    /// `Proc-Type`, `DEK-Info` and what else stands before the base64 (RFC 1421 section 4.6).
    pub headers: Vec<(String, String)>,
    /// Everything up to the first fault. Empty when the fault stands at the start.
    pub bytes: Zeroizing<Vec<u8>>,
    pub fault: Option<Fault>,
    pub layout: Layout,
}

/// Why the base64 of a block is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This byte is no base64; it stands at this offset of the text.
    Character { at: usize, byte: u8 },
    /// More text after the padding that ends base64, at this offset of the text.
    AfterPadding { at: usize },
    /// This many characters of base64, without or with too much padding; a whole text has a multiple of four.
    Length { characters: usize },
}

/// Oddities of layout, each with the offset of the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout {
    /// Lines of base64.
    pub indented: Option<usize>,
    /// BEGIN, and what closes the block. The scanner sees them.
    pub begin_indented: Option<usize>,
    pub end_indented: Option<usize>,
    pub blank_line: Option<usize>,
    /// A line that is not 64 characters long, other than a shorter last one.
    pub wrapping: Option<usize>,
    /// Escapes of JSON and shells: `\n`, `\/`, `\u002B`.
    pub escaped: Option<usize>,
    /// Quoted-printable: `=3D`, soft line ends.
    pub quoted_printable: Option<usize>,
    /// `> ` before a line, as mail programs quote.
    pub quoted: Option<usize>,
    /// A no-break or zero-width space, or its like, before or between characters.
    pub invisible: Option<usize>,
    /// The same, with nothing after it on its line.
    pub invisible_end: Option<usize>,
    /// Base64 on the line of BEGIN.
    pub on_begin_line: Option<usize>,
    /// Base64 on the line where the block ends.
    pub on_end_line: Option<usize>,
}

impl Layout {
    /// Nothing else than the length of its lines is odd; the others change lines on their own.
    pub fn is_only_wrapping(&self) -> bool {
        let others = [self.escaped, self.quoted_printable, self.invisible, self.invisible_end, self.on_begin_line];
        others.iter().all(Option::is_none)
    }
}

/// Reads the text in `span`, which begins right after BEGIN's hyphens.
pub fn read(text: &[u8], span: Range<usize>) -> Body {
    let mut reader = Reader {
        text,
        end: span.end.min(text.len()),
        base64: Zeroizing::new(Vec::with_capacity(span.len())),
        pads: 0,
        layout: Layout::default(),
        last_line: None,
    };
    let mut body =
        Body { headers: Vec::new(), bytes: Zeroizing::new(Vec::new()), fault: None, layout: Layout::default() };
    let mut at = span.start;
    let mut first = true;
    let mut in_headers = true;
    while at < reader.end {
        let line = reader.line(at);
        let kind = reader.kind(&line, in_headers && !first, body.headers.is_empty());
        match kind {
            LineKind::Header if body.headers.len() < HEADERS => {
                add_header(&mut body.headers, &text[line.content.clone()])
            }
            LineKind::Header => {}
            LineKind::Invisible if first => _ = reader.layout.invisible_end.get_or_insert(line.content.start),
            LineKind::Invisible => _ = reader.layout.invisible.get_or_insert(line.content.start),
            LineKind::Blank if first || !line.is_ended => {}
            LineKind::Blank if in_headers && !body.headers.is_empty() => in_headers = false,
            // Everybody skips blank lines right after BEGIN.
            LineKind::Blank if reader.base64.is_empty() => {}
            LineKind::Blank => _ = reader.layout.blank_line.get_or_insert(line.start),
            LineKind::Base64 => {
                in_headers = false;
                body.fault = reader.take(&line, first);
            }
        }
        if body.fault.is_some() {
            break;
        }
        first = false;
        at = line.next;
    }
    body.layout = reader.layout;
    reader.finish(&mut body);
    body
}

/// A line: with its leading space, without its end.
struct Line {
    start: usize,
    /// Without the marks of a quoting mail program, and without space around it.
    content: Range<usize>,
    next: usize,
    /// A line end follows, not the end of the block.
    is_ended: bool,
    is_quoted: bool,
}

enum LineKind {
    Header,
    Blank,
    /// Nothing on it that can be seen.
    Invisible,
    Base64,
}

struct Reader<'a> {
    text: &'a [u8],
    end: usize,
    base64: Zeroizing<Vec<u8>>,
    pads: usize,
    layout: Layout,
    /// Length of the line before this one, and where it begins.
    last_line: Option<(usize, usize)>,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        if at < self.end { self.text.get(at).copied() } else { None }
    }

    /// The line from `start` to LF, CR, CRLF, an escaped line end, or the end of the block.
    fn line(&mut self, start: usize) -> Line {
        let mut at = start;
        let next = loop {
            match self.byte(at) {
                None => break at,
                Some(b'\n') => break at + 1,
                Some(b'\r') => break at + 1 + usize::from(self.byte(at + 1) == Some(b'\n')),
                Some(b'\\') => match self.escaped_line_end(at) {
                    Some(next) => break next,
                    None => at += 1,
                },
                Some(_) => at += 1,
            }
        };
        let line = self.text.get(start..at).unwrap_or_default();
        let quote = quote_width(line);
        if quote > 0 {
            self.layout.quoted.get_or_insert(start);
        }
        let content = line.get(quote..).unwrap_or_default();
        let from = start + quote + (content.len() - content.trim_ascii_start().len());
        let to = from + content.trim_ascii().len();
        Line { start, content: from..to, next, is_ended: next > at, is_quoted: quote > 0 }
    }

    /// `\n`, `\r`, `\r\n`, with one backslash or, quoted twice, more of them.
    fn escaped_line_end(&mut self, at: usize) -> Option<usize> {
        let (letter, next) = self.escaped_letter(at)?;
        self.layout.escaped.get_or_insert(at);
        match (letter, self.escaped_letter(next)) {
            (b'r', Some((b'n', after))) => Some(after),
            _ => Some(next),
        }
    }

    /// `n` or `r` behind one to four backslashes at `at`, and the place after it.
    fn escaped_letter(&self, at: usize) -> Option<(u8, usize)> {
        let mut letter = at;
        while self.byte(letter) == Some(b'\\') && letter < at + 4 {
            letter += 1;
        }
        let found = self.byte(letter).filter(|byte| letter > at && matches!(byte, b'n' | b'r'))?;
        Some((found, letter + 1))
    }

    fn kind(&self, line: &Line, headers_may_stand: bool, none_yet: bool) -> LineKind {
        let content = self.text.get(line.content.clone()).unwrap_or_default();
        if content.is_empty() {
            LineKind::Blank
        } else if invisible::fills(content) {
            LineKind::Invisible
        } else if headers_may_stand && (content.contains(&b':') || (!none_yet && line.content.start > line.start)) {
            LineKind::Header
        } else {
            LineKind::Base64
        }
    }

    fn take(&mut self, line: &Line, on_marker_line: bool) -> Option<Fault> {
        if on_marker_line {
            self.layout.on_begin_line.get_or_insert(line.start);
        } else if !line.is_ended {
            self.layout.on_end_line.get_or_insert(line.start);
        }
        if line.content.start > line.start && !on_marker_line && !line.is_quoted {
            self.layout.indented.get_or_insert(line.start);
        }
        // Only the last line may be shorter, and none longer.
        if self.last_line.is_some_and(|(length, _)| length != COLUMNS) {
            self.layout.wrapping.get_or_insert(self.last_line.map_or(line.start, |(_, start)| start));
        }
        let before = self.base64.len() + self.pads;
        let mut at = line.content.start;
        while at < line.content.end {
            match self.character(at, line) {
                Ok(next) => at = next,
                Err(fault) => return Some(fault),
            }
        }
        self.last_line = Some((self.base64.len() + self.pads - before, line.content.start));
        None
    }

    /// Takes what stands at `at` and gives the place after it.
    fn character(&mut self, at: usize, line: &Line) -> Result<usize, Fault> {
        let rest = self.text.get(at..line.content.end).unwrap_or_default();
        match rest {
            [byte @ (b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/'), ..] => {
                self.push(*byte, at).map(|()| at + 1)
            }
            [b' ' | b'\t', ..] => {
                self.layout.wrapping.get_or_insert(at);
                Ok(at + 1)
            }
            [b'=', high, low, ..] if let Some(byte) = hex_pair(*high, *low) => {
                self.layout.quoted_printable.get_or_insert(at);
                self.escape(byte, at).map(|()| at + 3)
            }
            // Data on the next line after a line this long: a mail program broke the line softly.
            [b'='] if line.content.len() > COLUMNS && self.continues(line) => {
                self.layout.quoted_printable.get_or_insert(at);
                Ok(at + 1)
            }
            [b'=', ..] => self.pad(at),
            [b'\\', b'/', ..] => {
                self.layout.escaped.get_or_insert(at);
                self.push(b'/', at).map(|()| at + 2)
            }
            [b'\\', b'u', b'0', b'0', high, low, ..] if let Some(byte) = hex_pair(*high, *low) => {
                self.layout.escaped.get_or_insert(at);
                self.escape(byte, at).map(|()| at + 6)
            }
            _ if invisible::width(rest) > 0 => {
                let next = at + invisible::run(rest);
                let is_end = next == line.content.end && at > line.content.start;
                let seen = if is_end { &mut self.layout.invisible_end } else { &mut self.layout.invisible };
                seen.get_or_insert(at);
                Ok(next)
            }
            [byte, ..] => Err(Fault::Character { at, byte: *byte }),
            [] => Ok(line.content.end),
        }
    }

    /// True when base64 follows on the next line, so that `=` at the end of this one is a soft line end.
    fn continues(&self, line: &Line) -> bool {
        self.byte(line.next).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    }

    fn escape(&mut self, byte: u8, at: usize) -> Result<(), Fault> {
        match byte {
            b'=' => self.pad(at).map(|_| ()),
            b' ' | b'\t' | b'\r' | b'\n' => Ok(()),
            byte if byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/' => self.push(byte, at),
            byte => Err(Fault::Character { at, byte }),
        }
    }

    fn push(&mut self, byte: u8, at: usize) -> Result<(), Fault> {
        if self.pads > 0 {
            return Err(Fault::AfterPadding { at });
        }
        self.base64.push(byte);
        Ok(())
    }

    fn pad(&mut self, at: usize) -> Result<usize, Fault> {
        self.pads += 1;
        if self.pads > 2 { Err(Fault::AfterPadding { at }) } else { Ok(at + 1) }
    }

    fn finish(mut self, body: &mut Body) {
        if self.last_line.is_some_and(|(length, _)| length > COLUMNS) {
            let start = self.last_line.map_or(0, |(_, start)| start);
            body.layout.wrapping.get_or_insert(start);
        }
        let characters = self.base64.len() + self.pads;
        if body.fault.is_none() && !characters.is_multiple_of(4) {
            body.fault = Some(Fault::Length { characters });
        }
        // One character alone holds no byte.
        if self.base64.len() % 4 == 1 {
            self.base64.pop();
        }
        body.bytes = Zeroizing::new(BASE64.decode(self.base64.as_slice()).unwrap_or_default());
    }
}

/// Bytes of the marks that quoting mail programs put before a line: `> `, `>>`, `| > `. Zero when there are none.
pub(super) fn quote_width(line: &[u8]) -> usize {
    let run = line.iter().take_while(|byte| matches!(byte, b'>' | b'|' | b' ' | b'\t')).count();
    let marks = line.get(..run).unwrap_or_default();
    marks.iter().rposition(|byte| matches!(byte, b'>' | b'|')).map_or(0, |last| last + 1)
}

/// Adds `Name: value`; a line without a colon continues the header before it.
fn add_header(headers: &mut Vec<(String, String)>, line: &[u8]) {
    let line = String::from_utf8_lossy(line);
    match (line.split_once(':'), headers.last_mut()) {
        (Some((name, value)), _) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
        (None, Some((_, value))) => value.push_str(line.trim()),
        (None, None) => {}
    }
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Decodes base64 without markers: `None` unless all of `text` is base64 and white space. After the padding that ends one text
/// another may begin; what they hold is joined.
pub fn bare(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let whole = read(text, 0..text.len());
    match whole.fault {
        _ if !whole.headers.is_empty() => None,
        None => Some(whole.bytes),
        Some(Fault::AfterPadding { .. }) => several(text),
        Some(_) => None,
    }
}

/// One padded base64 text after the other.
fn several(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut start = 0;
    while start < text.len() {
        let end = end_of_bare(text, start);
        let body = read(text, start..end);
        if body.fault.is_some() || !body.headers.is_empty() {
            return None;
        }
        decoded.extend_from_slice(&body.bytes);
        start = end;
    }
    Some(decoded)
}

/// The end of the line on which the base64 that begins at `start` is padded, or the end of the text.
fn end_of_bare(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let padding = rest.iter().position(|byte| *byte == b'=').unwrap_or(rest.len());
    let tail = rest.get(padding..).unwrap_or_default();
    let line = tail.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(tail.len(), |end| end + 1);
    start + padding + line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Body {
        read(text.as_bytes(), 0..text.len())
    }

    #[test]
    fn plain_lines_have_no_oddity() {
        let text = format!("\n{}\n{}\nAAA=\n", "A".repeat(64), "B".repeat(64));
        let body = read_all(&text);
        assert_eq!((body.fault, body.layout, body.bytes.len()), (None, Layout::default(), 98));
    }

    #[test]
    fn oddities_are_read_and_placed() {
        let long = "A".repeat(64);
        for (text, layout) in [
            (format!("\n  {long}\n"), Layout { indented: Some(1), ..Layout::default() }),
            (format!("\n{long}\n\n{long}\n"), Layout { blank_line: Some(66), ..Layout::default() }),
            (format!("\n{long}AAAA\n"), Layout { wrapping: Some(1), ..Layout::default() }),
            (format!("\nAAAA\n{long}\n"), Layout { wrapping: Some(1), ..Layout::default() }),
            (format!("{long}\n"), Layout { on_begin_line: Some(0), ..Layout::default() }),
            (format!("\n{long}\nAAAA"), Layout { on_end_line: Some(66), ..Layout::default() }),
            (format!("\n> {long}\n>> {long}\n>"), Layout { quoted: Some(1), ..Layout::default() }),
            (format!("\nAA\u{a0}{}\n", &long[2..]), Layout { invisible: Some(3), ..Layout::default() }),
            (format!("\n{long}\u{200b}\n"), Layout { invisible_end: Some(65), ..Layout::default() }),
            (format!("\u{feff}\n{long}\n"), Layout { invisible_end: Some(0), ..Layout::default() }),
            (format!("\n{long}\n\u{2028}"), Layout { invisible: Some(66), ..Layout::default() }),
            (format!("\n\n{long}\n"), Layout::default()),
            (format!("\n{long}\n\n"), Layout { blank_line: Some(66), ..Layout::default() }),
            (format!("\\n{long}\\n"), Layout { escaped: Some(0), ..Layout::default() }),
            (format!("\n{long}\nA\\/\\u002BA\n"), Layout { escaped: Some(67), ..Layout::default() }),
            (format!("\n{long}\nAA=3D=3D\n"), Layout { quoted_printable: Some(68), ..Layout::default() }),
        ] {
            let body = read_all(&text);
            assert_eq!((body.fault, body.layout), (None, layout), "{text}");
            assert!(body.bytes.len() >= 48, "{text}");
        }
    }

    #[test]
    fn soft_line_ends_join_lines() {
        let text = format!("\n{}=\n{}\n", "A".repeat(76), "A".repeat(52));
        let body = read_all(&text);
        assert_eq!((body.fault, body.bytes.len(), body.layout.quoted_printable), (None, 96, Some(77)));
    }

    #[test]
    fn faults_name_their_place_and_keep_what_came_before() {
        for (text, fault, kept) in [
            ("\nAAAA*AAA\n", Fault::Character { at: 5, byte: b'*' }, 3),
            ("\nAAA=\nAAAA\n", Fault::AfterPadding { at: 6 }, 2),
            ("\nAAAAA\n", Fault::Length { characters: 5 }, 3),
            ("\nAAAAAA\n", Fault::Length { characters: 6 }, 4),
            ("\nAA===\n", Fault::AfterPadding { at: 5 }, 1),
        ] {
            let body = read_all(text);
            assert_eq!((body.fault, body.bytes.len()), (Some(fault), kept), "{text:?}");
        }
    }

    #[test]
    fn headers_are_kept_apart_and_folded_lines_joined() {
        let body = read_all("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,\n 0011\n\nAAAA\n");
        assert_eq!(
            body.headers,
            [
                ("Proc-Type".to_owned(), "4,ENCRYPTED".to_owned()),
                ("DEK-Info".to_owned(), "AES-256-CBC,0011".to_owned())
            ]
        );
        assert_eq!((body.bytes.len(), body.layout, body.fault), (3, Layout::default(), None));
    }
}
