//! From the place of a finding to the stretch of the file that an editor underlines.

use std::ops::Range;

use crate::inspect::bytes::scanner::{self, Scan};
use crate::inspect::bytes::text::{Encoding, Text};
use crate::model::place::Place;

/// A stretch of a text file. Lines and columns count from 1, columns in characters, and the end stands behind the last character;
/// `offset` and `length` count bytes of the file as it is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub start: (usize, usize),
    pub end: (usize, usize),
    pub offset: usize,
    pub length: usize,
}

/// A PEM file, with its blocks.
pub(super) struct Regions<'a> {
    text: Text<'a>,
    scan: Scan,
}

impl<'a> Regions<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Regions<'a> {
        let text = Text::new(bytes);
        let scan = scanner::scan(&text);
        Regions { text, scan }
    }

    /// The whole block where that is meant; one character where base64 is spoilt; else from the place to the end of its line.
    pub(super) fn at(&self, place: &Place) -> Option<Region> {
        place.line?;
        let at = self.text.index(place.offset?);
        let block = place.block.and_then(|number| self.scan.blocks.get(number.checked_sub(1)?));
        let span = match block {
            Some(block) if block.start == at => block.start..block.end,
            Some(block) if (block.start..block.end).contains(&at) => at..at + self.character(at),
            _ => at..self.line_end(at),
        };
        Some(self.region(span))
    }

    /// A block with the line break behind it.
    pub(super) fn whole_lines_of(&self, number: usize) -> Option<Region> {
        let block = self.scan.blocks.get(number.checked_sub(1)?)?;
        let end = match self.text.bytes().get(block.end..).unwrap_or_default() {
            [b'\r', b'\n', ..] => block.end + 2,
            [b'\r' | b'\n', ..] => block.end + 1,
            _ => block.end,
        };
        Some(self.region(block.start..end))
    }

    /// A span of the text without its byte order mark; `usize::MAX` for its end is the end of the text.
    pub(super) fn region(&self, span: Range<usize>) -> Region {
        let end = span.end.min(self.text.bytes().len());
        let offset = self.text.offset(span.start);
        Region {
            start: self.position(span.start),
            end: self.position(end),
            offset,
            length: self.text.offset(end).saturating_sub(offset),
        }
    }

    /// The region of the whole file, mark and all.
    pub(super) fn whole_file(&self) -> Region {
        let region = self.region(0..usize::MAX);
        Region { offset: 0, length: region.offset + region.length, ..region }
    }

    /// True when the bytes of the file are its characters.
    pub(super) fn is_plain(&self) -> bool {
        self.text.encoding() == Encoding::Plain && self.text.bytes().is_ascii()
    }

    pub(super) fn is_utf16(&self) -> bool {
        matches!(self.text.encoding(), Encoding::Utf16Le | Encoding::Utf16Be)
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let (line, column) = self.text.position(at);
        let before = self.text.bytes().get(at.saturating_sub(column - 1)..at).unwrap_or_default();
        (line, 1 + String::from_utf8_lossy(before).chars().count())
    }

    fn character(&self, at: usize) -> usize {
        let rest = self.text.bytes().get(at..).unwrap_or_default();
        let first = rest.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
        first.map_or(1, char::len_utf8)
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.bytes().get(at..).unwrap_or_default();
        at + rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
    }
}
