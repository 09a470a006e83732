//! Walks a TOML document and collects every mistake with its line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml_edit::{Document, Item, Table};

use super::key::Key;
use super::masking;
use super::problem::{Mistake, Problem, nearest};
use super::section::Section;
use crate::sys::library_error;

/// Mistakes that are kept; a file with more is told how many.
const PROBLEM_LIMIT: usize = 10_000;
/// Names that an error lists when one of them should have been given.
const NAMES_SHOWN: usize = 12;

/// What else may stand in a table beside its keys.
#[derive(Debug, Clone, Copy)]
pub(super) enum Beside {
    /// Tables of these names.
    Tables(&'static [&'static str]),
    /// Tables of any name.
    AnyTable,
}

/// No other tables.
pub(super) const ALONE: Beside = Beside::Tables(&[]);

pub(super) struct Reader<'a> {
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    problems: Vec<Problem>,
    beyond_limit: usize,
    /// Names that the file gives to things of a kind, those with mistakes of their own included: to name these is not another mistake.
    declared: BTreeMap<&'static str, BTreeSet<String>>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Reader<'a> {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Reader { text, lines, problems: Vec::new(), beyond_limit: 0, declared: BTreeMap::new() }
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The document; text that is no TOML is one problem.
    pub fn document(&self) -> Result<Document<&'a str>, Vec<Problem>> {
        Document::parse(self.text).map_err(|error| {
            let message = library_error::toml_words(error.message());
            let mut problems = vec![self.problem(error.span(), &[], Mistake::new(message))];
            self.add_sources(&mut problems);
            problems
        })
    }

    pub fn finish(mut self) -> Result<(), Vec<Problem>> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        if self.beyond_limit > 0 {
            let mistake = Mistake::new(format!("and {} more mistakes like these", self.beyond_limit));
            self.problems.push(self.problem(Some(self.text.len()..self.text.len()), &[], mistake));
        }
        let mut problems = std::mem::take(&mut self.problems);
        self.add_sources(&mut problems);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The table at `path` that may hold `keys`, and `beside`. Every other key is a mistake.
    pub fn section<'r, 't>(
        &'r mut self,
        table: &'t Table,
        path: &'t [&'t str],
        keys: &'static [Key],
        beside: Beside,
    ) -> Section<'r, 'a, 't> {
        for (name, item) in table.iter() {
            let known = keys.iter().any(|key| key.name == name);
            let fits = match beside {
                Beside::Tables(tables) => known || tables.contains(&name),
                Beside::AnyTable => known || item.is_table(),
            };
            if !fits {
                self.unknown(table, path, name, keys, beside);
            }
        }
        Section::new(self, table, path)
    }

    fn unknown(&mut self, table: &Table, path: &[&str], name: &str, keys: &[Key], beside: Beside) {
        let tables: &[&str] = if let Beside::Tables(tables) = beside { tables } else { &[] };
        let known: Vec<&str> = keys.iter().map(|key| key.name).chain(tables.iter().copied()).collect();
        let place = if path.is_empty() { String::new() } else { format!(" in {}", heading(path)) };
        let near = nearest(name, known.iter().copied());
        let message = format!("unknown key `{name}`{place}; known are {}", known.join(", "));
        let (key, item) = (table.key(name), table.get(name));
        let span = key.and_then(toml_edit::Key::span).or_else(|| item.and_then(Item::span));
        self.report(span, path, Mistake::new(message).meant(near));
    }

    /// The table `name` in `parent`, which stands at `path`; none is no mistake.
    pub fn table<'t>(&mut self, parent: &'t Table, path: &[&str], name: &str) -> Option<&'t Table> {
        let item = parent.get(name)?;
        let table = item.as_table();
        if table.is_none() {
            let heading = heading(&[path, &[name]].concat());
            self.report(
                item.span(),
                path,
                Mistake::new(format!("`{name}` must be a table: write {heading} on a line of its own")),
            );
        }
        table
    }

    /// The tables `[path.key.NAME]` in the order of the file.
    pub fn named_tables<'t>(&mut self, parent: &'t Table, path: &[&str], key: &str) -> Vec<(&'t str, &'t Table)> {
        let Some(outer) = self.table(parent, path, key) else { return Vec::new() };
        let mut found: Vec<(&str, &Table)> = Vec::new();
        for (name, item) in outer.iter() {
            match item.as_table() {
                Some(_) if !is_name(name) => {
                    let message =
                        format!("`{name}` is no name: 1 to 63 printable characters without `/`, `:` and quotes");
                    self.report(item.span(), path, Mistake::new(message));
                }
                Some(table) => found.push((name, table)),
                None => {
                    let heading = heading(&[path, &[key, name]].concat());
                    self.report(item.span(), path, Mistake::new(format!("write {heading} on a line of its own")));
                }
            }
        }
        found.sort_by_key(|(_, table)| table.position());
        found
    }

    /// The file has a `kind` of this name. False when it had one already.
    pub fn declare(&mut self, kind: &'static str, name: &str) -> bool {
        self.declared.entry(kind).or_default().insert(name.to_owned())
    }

    /// Whether the file has a `kind` of this name; the mistake lists those it has.
    pub fn look_up(&self, kind: &'static str, name: &str) -> Result<(), Mistake> {
        let known = self.declared.get(kind);
        if known.is_some_and(|known| known.contains(name)) {
            return Ok(());
        }
        let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
        let there = match known.len() {
            0 => "none is configured".to_owned(),
            count if count > NAMES_SHOWN => {
                format!("there are {} and {} more", known[..NAMES_SHOWN].join(", "), count - NAMES_SHOWN)
            }
            _ => format!("there is {}", known.join(", ")),
        };
        let near = nearest(name, known.iter().copied());
        Err(Mistake::new(format!("there is no {kind} `{}`; {there}", excerpt(name))).meant(near))
    }

    /// Something that must be there is not; only said when nothing else is wrong.
    pub fn note_missing(&mut self, message: &str) {
        if self.problems.is_empty() {
            self.report(None, &[], Mistake::new(message));
        }
    }

    pub fn report(&mut self, span: Option<Range<usize>>, path: &[&str], mistake: Mistake) {
        if self.problems.len() == PROBLEM_LIMIT {
            self.beyond_limit += 1;
            return;
        }
        let problem = self.problem(span, path, mistake);
        self.problems.push(problem);
    }

    /// Lines that hold no secret.
    pub(super) fn add_sources(&self, problems: &mut [Problem]) {
        const LONGEST: usize = 2_000;
        if problems.is_empty() {
            return;
        }
        let hidden = masking::lines_with_secrets(self.text);
        for problem in problems {
            let index = problem.line.saturating_sub(1);
            let start = self.lines.get(index).copied().unwrap_or_default();
            let line = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            let is_shown = line.len() <= LONGEST && !line.trim().is_empty() && !hidden.contains(&index);
            problem.source = is_shown.then(|| line.to_owned());
        }
    }

    pub(super) fn problem(&self, span: Option<Range<usize>>, path: &[&str], mistake: Mistake) -> Problem {
        let span = span.unwrap_or(0..0);
        let index = self.lines.partition_point(|start| *start <= span.start).saturating_sub(1);
        let start = self.lines.get(index).copied().unwrap_or_default();
        let before = self.text.get(start..span.start).unwrap_or_default();
        let marked = self.text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
        Problem {
            line: index + 1,
            column: before.chars().count() + 1,
            width: marked.chars().count().max(1),
            source: None,
            table: if path.is_empty() { String::new() } else { heading(path) },
            message: mistake.message,
            suggestion: mistake.suggestion,
        }
    }
}

/// `[listener.IncomingMail]`, with the quotes that TOML asks for.
pub fn heading(path: &[&str]) -> String {
    let bare = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let parts: Vec<String> =
        path.iter().map(|part| if bare(part) { (*part).to_owned() } else { format!("\"{part}\"") }).collect();
    format!("[{}]", parts.join("."))
}

/// The beginning of a text that may be very long.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Names of interfaces and listeners: what fits in a role, a log line and a menu.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 63
        && name.trim() == name
        && !name.chars().any(|c| c.is_control() || "/:\"'`".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;

    #[test]
    fn every_mistake_is_told_at_its_place() {
        let text = "[interface.\"Data 1\"]\naddress = \"1.2.3\"\nhostnme = \"mx1\"\n\n[listener.In]\ninterface = \"Data1\"\nport = 0\n\n[delivry]\n";
        let problems = Configuration::parse(text).unwrap_err();
        let told: Vec<(usize, usize, usize, Option<&str>)> =
            problems.iter().map(|p| (p.line, p.column, p.width, p.suggestion.as_deref())).collect();
        assert_eq!(
            told,
            [
                (1, 1, 20, None),
                (2, 11, 7, None),
                (3, 1, 7, Some("hostname")),
                (6, 13, 7, Some("Data 1")),
                (7, 8, 1, None),
                (9, 2, 7, Some("delivery")),
            ],
            "{problems:#?}"
        );
        assert_eq!(problems[2].table, "[interface.\"Data 1\"]");
        assert_eq!(problems[4].message, "`port` must be a number from 1 to 65,535, not `0`");
    }

    #[test]
    fn text_that_is_no_toml_is_told_where() {
        let problems = Configuration::parse("[interface.a]\naddress = \n").unwrap_err();
        assert_eq!((problems.len(), problems[0].line), (1, 2), "{problems:?}");
    }

    #[test]
    fn ten_thousand_mistakes_are_enough() {
        let text: String = (0..10_123).map(|n| format!("x{n} = 1\n")).collect();
        let problems = Configuration::parse(&text).unwrap_err();
        assert_eq!(problems.len(), 10_001);
        assert_eq!(problems.last().unwrap().message, "and 123 more mistakes like these");
    }
}
