//! A page of text for people: data for standard output, everything else for standard error.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::model::diagnostic::{Diagnostic, Severity, SourceLine};

use super::escape;

/// What a style means; colours are chosen in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Error,
    Warning,
    Note,
    Good,
    Strong,
    Faint,
}

/// Collects what a command has to say. Text given to it is escaped here, once; callers never do.
#[derive(Debug, Default)]
pub struct Page {
    colour: bool,
    data: Vec<u8>,
    talk: String,
}

impl Page {
    pub fn new(colour: bool) -> Page {
        Page { colour, ..Page::default() }
    }

    /// One line of data, for standard output.
    pub fn line(&mut self, text: &str) {
        self.data.extend_from_slice(escape::terminal(text).as_bytes());
        self.data.push(b'\n');
    }

    /// Bytes for standard output as they are: PEM, DER, JSON.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
    }

    /// One line of talk, for standard error: what is now true.
    pub fn say(&mut self, text: &str) {
        self.talk.push_str(&escape::terminal(text));
        self.talk.push('\n');
    }

    /// The command to run next.
    pub fn next(&mut self, command: &str) {
        let label = self.paint(Style::Faint, "next:");
        let _ = writeln!(self.talk, "{label} {}", escape::terminal(command));
    }

    /// An error, warning or note in its parts (what happened, where, the facts, what to do), for standard error.
    pub fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        let block = self.block(diagnostic);
        self.talk.push_str(&block);
    }

    /// The same block as data: where findings are the answer.
    pub fn finding(&mut self, diagnostic: &Diagnostic) {
        let block = self.block(diagnostic);
        self.data.extend_from_slice(block.as_bytes());
    }

    fn block(&self, diagnostic: &Diagnostic) -> String {
        let mut out = String::new();
        let style = match diagnostic.severity {
            Severity::Error => Style::Error,
            Severity::Warning => Style::Warning,
            Severity::Note => Style::Note,
        };
        let head = self.paint(style, &format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code));
        let _ = writeln!(out, "{head}: {}", escape::terminal(&diagnostic.message));
        if !diagnostic.places.is_empty() {
            let places: Vec<String> = diagnostic
                .places
                .iter()
                .map(|note| match &note.what {
                    Some(what) => format!("{} ({what})", note.place),
                    None => note.place.to_string(),
                })
                .collect();
            let _ = writeln!(out, "  --> {}", escape::terminal(&places.join("; ")));
        }
        for note in &diagnostic.places {
            if let (Some(source), Some(line)) = (&note.source, note.place.line) {
                out.push_str(&self.source_line(source, line, style));
            }
        }
        for fact in &diagnostic.facts {
            let _ = writeln!(out, "   = {}", escape::terminal(fact));
        }
        if let Some(help) = &diagnostic.help {
            let label = self.paint(Style::Strong, "help:");
            let _ = writeln!(out, "  {label} {}", escape::terminal(help));
        }
        out
    }

    /// The line with its number, and a mark below what is meant. Of a long line only the part around it is shown.
    fn source_line(&self, source: &SourceLine, number: usize, style: Style) -> String {
        const BEFORE: usize = 60;
        const BEHIND: usize = 40;
        let start = source.column.saturating_sub(1);
        let skipped = start.saturating_sub(BEFORE);
        let part = |from: usize, count: usize| -> String {
            let characters = source.text.chars().skip(from).take(count);
            let text: String = characters.map(|c| if c == '\t' { ' ' } else { c }).collect();
            escape::terminal(&text).into_owned()
        };
        let before = part(skipped, start - skipped);
        let meant = part(start, source.width.min(BEFORE));
        let behind = part(start + source.width.min(BEFORE), BEHIND);
        let mark = "^".repeat(UnicodeWidthStr::width(meant.as_str()).max(1));
        let cut = if skipped > 0 { "…" } else { "" };
        let gutter = " ".repeat(number.to_string().len());
        let indentation = " ".repeat(UnicodeWidthStr::width(before.as_str()) + cut.chars().count());
        format!(
            " {gutter} |\n {number} | {cut}{before}{meant}{behind}\n {gutter} | {indentation}{}\n",
            self.paint(style, &mark)
        )
    }

    /// `text`, escaped, in the style's colour where colours are on. For parts of a line given to `painted_line`.
    pub fn paint(&self, style: Style, text: &str) -> String {
        let text = escape::terminal(text);
        if !self.colour {
            return text.into_owned();
        }
        let code = match style {
            Style::Error => "1;31",
            Style::Warning => "1;33",
            Style::Note => "1;36",
            Style::Good => "32",
            Style::Strong => "1",
            Style::Faint => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// A line of data made of parts that `paint` or `plain` gave.
    pub fn painted_line(&mut self, text: &str) {
        self.data.extend_from_slice(text.as_bytes());
        self.data.push(b'\n');
    }

    /// `text`, escaped, for a part of a `painted_line`.
    pub fn plain(text: &str) -> String {
        escape::terminal(text).into_owned()
    }

    /// An empty page with the same colours.
    pub fn beside(&self) -> Page {
        Page::new(self.colour)
    }

    /// Everything on `other` as talk: the report, when standard output belongs to a file.
    pub fn talk_of(&mut self, other: &Page) {
        self.talk.push_str(&String::from_utf8_lossy(&other.data));
        self.talk.push_str(&other.talk);
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty() && self.talk.is_empty()
    }

    /// What goes to standard output.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// What goes to standard error.
    pub fn talk(&self) -> &str {
        &self.talk
    }
}
