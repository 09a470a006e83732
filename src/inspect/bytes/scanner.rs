//! The PEM scanner: pairs markers into blocks, reads what can be read, reports everything that another program would stumble over.
//!
//! It fails closed. Each BEGIN becomes a block, and a block that is not whole, like an END that ends nothing, is an error.

use std::ops::Range;

use zeroize::Zeroizing;

use super::body::{self, Body, Layout};
use super::invisible;
use super::markers::{self, Edge, Flaw, Marker};
use super::text::Text;

/// One BEGIN marker and what follows it.
#[derive(Debug)]
pub struct Block {
    /// Counted from 1 over all BEGIN markers of the file.
    pub number: usize,
    /// In upper case, with single spaces.
    pub label: String,
    /// Offset of BEGIN's first hyphen in the text.
    pub start: usize,
    /// Offset after the block.
    pub end: usize,
    pub headers: Vec<(String, String)>,
    /// Decoded up to the first fault.
    pub bytes: Zeroizing<Vec<u8>>,
    pub fault: Option<body::Fault>,
    pub layout: Layout,
    pub closing: Closing,
}

impl Block {
    /// An END line closes it, whatever its label.
    pub fn has_end(&self) -> bool {
        matches!(self.closing, Closing::End | Closing::OtherLabel { .. })
    }
}

/// How a block ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    End,
    /// By an END with this other label, at this offset.
    OtherLabel {
        label: String,
        at: usize,
    },
    /// The file ends first.
    EndOfFile,
    /// Another BEGIN comes first, at this offset.
    Begin {
        at: usize,
    },
}

/// Something between blocks, or about a marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// END without BEGIN.
    StrayEnd { label: String, at: usize },
    /// Two markers, or text and BEGIN, on one line.
    Glued { at: usize, text: bool },
    /// Text behind END on its line.
    TextAfterEnd { at: usize },
    /// No-break or zero-width spaces beside a marker.
    Invisible { at: usize, edge: Edge },
    /// U+FEFF before a BEGIN that is not at the start of the file.
    ByteOrderMark { at: usize },
    /// A marker that other programs do not see.
    Spoilt { flaw: Flaw, edge: Edge, at: usize, at_end_of_file: bool },
    /// Lines of text outside any block.
    Outside { at: usize, lines: usize },
    /// Base64 outside any block.
    LooseBase64 { at: usize },
    /// The file ends within a marker.
    CutMarker { at: usize },
}

/// What was found. `begins` and `ends` count markers, spoilt ones included.
#[derive(Debug, Default)]
pub struct Scan {
    pub blocks: Vec<Block>,
    pub remarks: Vec<Remark>,
    pub begins: usize,
    pub ends: usize,
    /// Remarks that were too many to keep.
    pub more_remarks: usize,
    /// Line ends are written as `\n` somewhere.
    pub escaped: bool,
}

/// What stands beside a marker on its line is looked at this far.
const BESIDE: usize = 256;

/// A remark that could come once a line is kept this often; nobody reads more.
const REMARKS: usize = 1000;

/// Scans a whole text. Time is linear in its size, memory at most a few times it.
pub fn scan(text: &Text<'_>) -> Scan {
    let mut scanner = Scanner { text: text.bytes(), scan: Scan::default(), open: None, outside_from: 0 };
    let mut from = 0;
    while let Some(marker) = markers::next(scanner.text, from) {
        from = marker.span.end;
        scanner.marker(marker);
    }
    scanner.end_of_file();
    scanner.scan
}

/// True when the text holds at least one marker.
pub fn has_marker(text: &[u8]) -> bool {
    markers::next(text, 0).is_some()
}

struct Scanner<'a> {
    text: &'a [u8],
    scan: Scan,
    open: Option<Marker>,
    /// Where the text after the last END begins.
    outside_from: usize,
}

impl Scanner<'_> {
    fn marker(&mut self, marker: Marker) {
        let at = marker.span.start;
        self.surroundings(&marker);
        match (marker.edge, self.open.take()) {
            (Edge::Begin, open) => {
                self.scan.begins += 1;
                match open {
                    Some(open) => self.close(open, at, at, Closing::Begin { at }),
                    None => self.outside(self.outside_from..at),
                }
                self.open = Some(marker);
            }
            (Edge::End, Some(open)) => {
                self.scan.ends += 1;
                let same = self.label(&marker.label) == self.label(&open.label);
                let closing = match same {
                    true => Closing::End,
                    false => Closing::OtherLabel { label: self.label(&marker.label), at },
                };
                self.outside_from = marker.span.end;
                self.close(open, at, marker.span.end, closing);
            }
            (Edge::End, None) => {
                self.scan.ends += 1;
                self.outside(self.outside_from..at);
                let label = self.label(&marker.label);
                self.remark(Remark::StrayEnd { label, at });
                self.outside_from = marker.span.end;
            }
        }
    }

    /// What is wrong with the marker itself and with what stands beside it on its line.
    fn surroundings(&mut self, marker: &Marker) {
        let (start, end) = (marker.span.start, marker.span.end);
        if let Some(flaw) = marker.flaw {
            let rest = self.text.get(end..).unwrap_or_default();
            let at_end_of_file = rest.trim_ascii().is_empty() && !rest.contains(&b'\n');
            self.remark(Remark::Spoilt { flaw, edge: marker.edge, at: start, at_end_of_file });
        }
        match marker.edge {
            Edge::Begin => self.before_begin(start),
            Edge::End => self.after_end(end),
        }
    }

    /// What stands behind END on its line; another marker there is looked at when it comes.
    fn after_end(&mut self, end: usize) {
        let rest = self.text.get(end..).unwrap_or_default();
        let rest = rest.get(..BESIDE).unwrap_or(rest);
        let line = rest.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let content = without_escaped_ends(line);
        let at = end + offset_in(rest, content);
        if invisible::fills(content) {
            self.remark(Remark::Invisible { at, edge: Edge::End });
        } else if !content.is_empty() && content.len() == line.trim_ascii().len() && !content.starts_with(b"-") {
            self.remark(Remark::TextAfterEnd { at });
        }
    }

    /// The text before `at` on its line, where real and escaped line ends count.
    fn line_before(&self, at: usize) -> &[u8] {
        let before = self.text.get(..at).unwrap_or_default();
        let tail = before.get(before.len().saturating_sub(BESIDE)..).unwrap_or_default();
        let start = (0..=tail.len()).rev().find(|end| ends_with_line_end(tail.get(..*end).unwrap_or_default()));
        tail.get(start.unwrap_or_default()..).unwrap_or_default()
    }

    fn before_begin(&mut self, start: usize) {
        if self.open.is_some() {
            return;
        }
        let floor = self.outside_from;
        if floor == start && start > 0 {
            return self.remark(Remark::Glued { at: start, text: false });
        }
        let before = self.text.get(floor..start).unwrap_or_default();
        let line = self.line_before(start);
        if line.len() > before.len() {
            return self.remark(Remark::Glued { at: start, text: false });
        }
        let at = start - line.len();
        let remark = match line {
            // Indentation and quoting are oddities of the block.
            [] => return,
            line if is_space(line) || is_quote(line) => return,
            space if invisible::fills(space) && space.windows(3).any(|three| three == invisible::MARK) => {
                Remark::ByteOrderMark { at }
            }
            space if invisible::fills(space) => Remark::Invisible { at, edge: Edge::Begin },
            _ => Remark::Glued { at: start, text: true },
        };
        self.remark(remark);
    }

    fn close(&mut self, open: Marker, body_end: usize, end: usize, closing: Closing) {
        let Body { headers, bytes, fault, mut layout } = body::read(self.text, open.span.end..body_end);
        let before = self.line_before(open.span.start);
        let line = open.span.start - before.len();
        layout.begin_indented = is_space(before).then_some(line);
        layout.end_indented = is_space(self.line_before(body_end)).then_some(body_end);
        if is_quote(before) {
            layout.quoted = Some(line);
        }
        self.scan.escaped |= layout.escaped.is_some();
        self.scan.blocks.push(Block {
            number: self.scan.begins - usize::from(matches!(closing, Closing::Begin { .. })),
            label: self.label(&open.label),
            start: open.span.start,
            end,
            headers,
            bytes,
            fault,
            layout,
            closing,
        });
    }

    /// Text between an END, or the start of the file, and what follows.
    fn outside(&mut self, span: Range<usize>) {
        let region = self.text.get(span.clone()).unwrap_or_default();
        let (mut first, mut lines, mut loose) = (None, 0, None);
        for line in region.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let content = without_escaped_ends(line);
            if !content.is_empty() && !invisible::fills(content) && !is_quote(content) {
                lines += 1;
                let at = span.start + offset_in(region, content);
                first.get_or_insert(at);
                if looks_like_loose_base64(content) {
                    loose.get_or_insert(at);
                }
            }
        }
        if let Some(at) = first {
            self.remark(Remark::Outside { at, lines });
        }
        if let Some(at) = loose {
            self.remark(Remark::LooseBase64 { at });
        }
    }

    fn end_of_file(&mut self) {
        let end = self.text.len();
        if let Some(open) = self.open.take() {
            return self.close(open, end, end, Closing::EndOfFile);
        }
        self.outside(self.outside_from..end);
        let rest = self.text.get(self.outside_from..).unwrap_or_default();
        let last = rest.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let last = after_escaped_ends(last);
        if is_cut_marker(last.trim_ascii()) && self.outside_from > 0 {
            self.remark(Remark::CutMarker { at: end - last.len() });
        }
    }

    fn label(&self, span: &Range<usize>) -> String {
        String::from_utf8_lossy(&markers::plain_label(self.slice(span))).into_owned()
    }

    fn slice(&self, span: &Range<usize>) -> &[u8] {
        self.text.get(span.clone()).unwrap_or_default()
    }

    fn remark(&mut self, remark: Remark) {
        if self.scan.remarks.len() < REMARKS {
            self.scan.remarks.push(remark);
        } else {
            self.scan.more_remarks += 1;
        }
    }
}

fn is_space(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// Only the marks of a quoting mail program.
fn is_quote(text: &[u8]) -> bool {
    let quote = body::quote_width(text);
    let rest = text.get(quote..).unwrap_or_default();
    quote > 0 && (rest.is_empty() || is_space(rest))
}

/// Ends with a real or an escaped line end, or is nothing at all.
fn ends_with_line_end(text: &[u8]) -> bool {
    matches!(text, [] | [.., b'\n' | b'\r'] | [.., b'\\', b'n' | b'r'])
}

/// The line without space around it; literal `\n` counts as space.
fn without_escaped_ends(line: &[u8]) -> &[u8] {
    let mut content = line.trim_ascii();
    while let [b'\\', b'n' | b'r', rest @ ..] = content {
        content = rest.trim_ascii();
    }
    while let [rest @ .., b'\\', b'n' | b'r'] = content {
        content = rest.trim_ascii();
    }
    content
}

/// What stands behind the last literal `\n` of a line.
fn after_escaped_ends(line: &[u8]) -> &[u8] {
    let end = line.windows(2).rposition(|pair| matches!(pair, [b'\\', b'n' | b'r']));
    line.get(end.map_or(0, |at| at + 2)..).unwrap_or_default()
}

fn offset_in(outer: &[u8], inner: &[u8]) -> usize {
    (inner.as_ptr().addr()).saturating_sub(outer.as_ptr().addr()).min(outer.len())
}

/// `MI` is how base64 of every DER SEQUENCE longer than 127 bytes begins; a fingerprint in a comment is shorter or has colons.
fn looks_like_loose_base64(line: &[u8]) -> bool {
    line.len() >= 60
        && line.starts_with(b"MI")
        && line.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// The start of a marker, as at the end of a file that was cut there.
fn is_cut_marker(line: &[u8]) -> bool {
    !line.is_empty() && (b"-----BEGIN ".starts_with(line) || line.starts_with(b"-----BEGIN"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan_text(text: &str) -> Scan {
        scan(&Text::new(text.as_bytes()))
    }

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    #[test]
    fn blocks_know_number_label_and_span() {
        let scan = scan_text(&format!("{ONE}{}", ONE.replace("CERTIFICATE", "X509 CRL")));
        let found: Vec<_> = scan.blocks.iter().map(|b| (b.number, b.label.as_str(), b.start, b.end)).collect();
        assert_eq!(found, [(1, "CERTIFICATE", 0, 58), (2, "X509 CRL", 59, 111)]);
        assert_eq!((scan.begins, scan.ends, scan.remarks.len()), (2, 2, 0));
    }

    #[test]
    fn every_marker_is_accounted_for() {
        let cases: [(String, &[Closing]); 4] = [
            (ONE.replace("-----END CERTIFICATE-----\n", "") + ONE, &[Closing::Begin { at: 33 }, Closing::End]),
            (ONE.replace("END CERTIFICATE", "END X"), &[Closing::OtherLabel { label: "X".into(), at: 33 }]),
            (ONE[..40].into(), &[Closing::EndOfFile]),
            (format!("{ONE}{}", &ONE[33..]), &[Closing::End]),
        ];
        for (text, closings) in cases {
            let scan = scan_text(&text);
            assert_eq!(scan.blocks.iter().map(|b| b.closing.clone()).collect::<Vec<_>>(), closings, "{text}");
            assert_eq!(scan.begins, scan.blocks.len());
        }
        let scan = scan_text(&format!("{ONE}{}", &ONE[33..]));
        assert_eq!(scan.remarks, [Remark::StrayEnd { label: "CERTIFICATE".into(), at: 59 }]);
    }

    #[test]
    fn what_stands_around_markers_is_remarked() {
        let glued = ONE.trim_end().to_owned() + ONE;
        assert_eq!(scan_text(&glued).remarks, [Remark::Glued { at: 58, text: false }]);
        assert_eq!(
            scan_text(&format!("cert: {ONE}")).remarks,
            [Remark::Glued { at: 6, text: true }, Remark::Outside { at: 0, lines: 1 }]
        );
        assert_eq!(scan_text(&format!("# one\n\n two\n{ONE}")).remarks, [Remark::Outside { at: 0, lines: 2 }]);
        assert_eq!(scan_text(&format!("{ONE}-----BEG")).remarks[1..], [Remark::CutMarker { at: 59 }]);
        let loose = format!("{ONE}MII{}\n", "A".repeat(61));
        assert_eq!(scan_text(&loose).remarks[1..], [Remark::LooseBase64 { at: 59 }]);
    }
}
