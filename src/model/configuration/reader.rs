//! Walks a TOML document and collects every mistake with its line and column.

use std::ops::Range;

use toml_edit::{Document, Item, Table};

/// A mistake in the configuration. Line and column are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub line: usize,
    pub column: usize,
    pub message: String,
    /// The value or name that was probably meant.
    pub suggestion: Option<String>,
}

pub(super) struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
    /// Entries that have mistakes of their own: naming them is not another mistake.
    spoiled: Vec<(&'static str, String)>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Reader<'a> {
        Reader { text, problems: Vec::new(), spoiled: Vec::new() }
    }

    /// The document; text that is no TOML is one problem.
    pub fn document(&self) -> Result<Document<&'a str>, Vec<Problem>> {
        Document::parse(self.text).map_err(|error| {
            let message = error.message().trim().replace('\n', ", ");
            vec![self.problem(error.span(), message, None)]
        })
    }

    pub fn finish(mut self) -> Result<(), Vec<Problem>> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }

    /// Every key that is not in `known` is a mistake.
    pub fn no_others(&mut self, table: &Table, path: &str, known: &[&str]) {
        for (key, item) in table.iter() {
            if !known.contains(&key) {
                let place = if path.is_empty() { String::new() } else { format!(" in [{path}]") };
                let span = table.get_key_value(key).and_then(|(key, _)| key.span()).or_else(|| item.span());
                let near = nearest(key, known.iter().copied());
                let message = format!("unknown key `{key}`{place}; known are {}", known.join(", "));
                self.report(span, message, near);
            }
        }
    }

    /// The table under `key`; none is no mistake.
    pub fn table<'t>(&mut self, parent: &'t Table, key: &str) -> Option<&'t Table> {
        let item = parent.get(key)?;
        let table = item.as_table();
        if table.is_none() {
            self.report(item.span(), format!("`{key}` must be a table: write [{key}] on a line of its own"), None);
        }
        table
    }

    /// The tables `[key.NAME]` in the order of the file.
    pub fn named_tables<'t>(&mut self, root: &'t Table, key: &str) -> Vec<(String, &'t Table)> {
        let Some(outer) = self.table(root, key) else { return Vec::new() };
        let mut found: Vec<(String, &Table)> = Vec::new();
        for (name, item) in outer.iter() {
            match item.as_table() {
                Some(_) if !is_name(name) => {
                    self.report(
                        item.span(),
                        format!("`{name}` is no name: 1 to 63 printable characters without `/`, `:` and quotes"),
                        None,
                    );
                }
                Some(table) => found.push((name.to_owned(), table)),
                None => self.report(item.span(), format!("write [{key}.{name}] on a line of its own"), None),
            }
        }
        found.sort_by_key(|(_, table)| table.position());
        found
    }

    /// The text under `key`, turned into a value; the error of `read` is a message and what was probably meant.
    pub fn needed<T>(
        &mut self,
        table: &Table,
        name: &str,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, (String, Option<String>)>,
    ) -> Option<T> {
        let item = self.item(table, name, key)?;
        let Some(text) = item.as_str() else {
            self.report(item.span(), format!("`{key}` must be a text in quotes"), None);
            return None;
        };
        match read(text) {
            Ok(value) => Some(value),
            Err((message, suggestion)) => {
                self.report(item.span(), message, suggestion);
                None
            }
        }
    }

    /// The name of something that is defined elsewhere in the file.
    pub fn reference<'k>(
        &mut self,
        table: &Table,
        name: &str,
        key: &'static str,
        known: impl Iterator<Item = &'k String>,
    ) -> Option<String> {
        let known: Vec<&str> = known.map(String::as_str).collect();
        let spoiled: Vec<String> =
            self.spoiled.iter().filter(|(kind, _)| *kind == key).map(|(_, name)| name.clone()).collect();
        self.needed(table, name, key, |text| {
            if known.contains(&text) || spoiled.iter().any(|name| name == text) {
                return Ok(text.to_owned());
            }
            Err((
                format!("there is no {key} `{text}`; there is {}", known.join(", ")),
                nearest(text, known.iter().copied()),
            ))
        })
    }

    pub fn port(&mut self, table: &Table, name: &str, key: &str) -> Option<u16> {
        let item = self.item(table, name, key)?;
        let port = item.as_integer().and_then(|number| u16::try_from(number).ok()).filter(|port| *port != 0);
        if port.is_none() {
            self.report(item.span(), format!("`{key}` must be a number from 1 to 65535"), None);
        }
        port
    }

    fn item<'t>(&mut self, table: &'t Table, name: &str, key: &str) -> Option<&'t Item> {
        let item = table.get(key);
        if item.is_none() {
            self.report(table.span(), format!("`{key}` is missing for `{name}`"), None);
        }
        item
    }

    /// `kind` `name` is there but has mistakes that were reported.
    pub fn spoiled(&mut self, kind: &'static str, name: String) {
        self.spoiled.push((kind, name));
    }

    /// Something that must be there is not; only said when nothing else is wrong.
    pub fn note_missing(&mut self, message: &str) {
        if self.problems.is_empty() {
            self.report(None, message.to_owned(), None);
        }
    }

    fn report(&mut self, span: Option<Range<usize>>, message: String, suggestion: Option<String>) {
        let problem = self.problem(span, message, suggestion);
        self.problems.push(problem);
    }

    fn problem(&self, span: Option<Range<usize>>, message: String, suggestion: Option<String>) -> Problem {
        let before = self.text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Problem { line: before.matches('\n').count() + 1, column, message, suggestion }
    }
}

/// Names of interfaces and listeners: what fits in a role, a log line and a menu.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 63
        && name.trim() == name
        && !name.chars().any(|c| c.is_control() || "/:\"'`".contains(c))
}

/// The known name that is at most two edits (a third of its length for short ones) away.
fn nearest<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let scored = known.map(|name| (distance(given, name), name));
    let (distance, name) = scored.min()?;
    (distance <= 2.min(name.chars().count().div_ceil(3))).then(|| name.to_owned())
}

/// Levenshtein distance, ignoring case; long input counts as far away.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let best = (diagonal + usize::from(from != to)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;

    #[test]
    fn every_mistake_is_told_at_its_place() {
        let text = "[interface.\"Data 1\"]\naddress = \"1.2.3\"\nhostnme = \"mx1\"\n\n[listener.In]\ninterface = \"Data1\"\nport = 0\n\n[delivry]\n";
        let problems = Configuration::parse(text).unwrap_err();
        let told: Vec<(usize, usize, Option<&str>)> =
            problems.iter().map(|p| (p.line, p.column, p.suggestion.as_deref())).collect();
        assert_eq!(
            told,
            [
                (1, 1, None),
                (2, 11, None),
                (3, 1, Some("hostname")),
                (6, 13, None),
                (7, 8, None),
                (9, 2, Some("delivery")),
            ],
            "{problems:#?}"
        );
    }

    #[test]
    fn text_that_is_no_toml_is_told_where() {
        let problems = Configuration::parse("[interface.a]\naddress = \n").unwrap_err();
        assert_eq!((problems.len(), problems[0].line), (1, 2), "{problems:?}");
    }

    #[test]
    fn distances_are_edits() {
        for (a, b, edits) in [("port", "port", 0), ("prot", "port", 2), ("hostnme", "hostname", 1), ("", "ab", 2)] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }
}
