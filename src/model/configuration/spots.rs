//! Where something stands in the text of a configuration, for findings that are about what was read and not about how it was written.

use toml_edit::{Document, Item, Table};

use super::problem::{Mistake, Problem};
use super::reader::Reader;

/// The text, ready to be asked.
pub struct Spots<'a> {
    reader: Reader<'a>,
    document: Option<Document<&'a str>>,
}

impl<'a> Spots<'a> {
    pub fn of(text: &'a str) -> Spots<'a> {
        let reader = Reader::new(text);
        let document = reader.document().ok();
        Spots { reader, document }
    }

    /// Where the key at the end of `path` stands, or the nearest table around it that is there; `None` when none of them is.
    pub fn at(&self, path: &[&str]) -> Option<Problem> {
        let mut table: &Table = self.document.as_ref()?.as_table();
        let mut span = None;
        for name in path {
            let Some(item) = table.get(name) else { break };
            let key = table.key(name).and_then(toml_edit::Key::span);
            span = item.span().or(key).or(span);
            match item {
                Item::Table(inner) => table = inner,
                _ => break,
            }
        }
        span.map(|span| self.reader.spot(span))
    }

    /// Where the group of a listener stands.
    pub fn at_group(&self, listener: &str, group: &str) -> Option<Problem> {
        let table = self.document.as_ref()?.as_table().get("listener")?.get(listener)?.as_table()?;
        let groups = table.get("group").and_then(Item::as_array_of_tables);
        let is_meant = |table: &&Table| table.get("name").and_then(Item::as_str) == Some(group);
        let found = groups.into_iter().flatten().find(is_meant).and_then(Table::span);
        found.map(|span| self.reader.spot(span)).or_else(|| self.at(&["listener", listener]))
    }
}

impl Reader<'_> {
    fn spot(&self, span: std::ops::Range<usize>) -> Problem {
        let mut spots = [self.problem(Some(span), &[], Mistake::new(""))];
        self.add_sources(&mut spots);
        let [spot] = spots;
        spot
    }
}
