//! Entries of the configuration as a table, and the headline of one of them.

use crate::app::cert_list::StagedAs;

use super::cert_list::staged;
use super::page::{Page, Style};
use super::table;

/// A heading, and what stands below it.
pub(super) type Column<T> = (&'static str, fn(&T) -> String);

/// The column for what is staged is there only when it says something.
pub(super) fn print<T>(page: &mut Page, columns: &[Column<T>], entries: &[T], mark: fn(&T) -> Option<StagedAs>) {
    let any_staged = entries.iter().any(|entry| mark(entry).is_some());
    let heading: Vec<&str> = columns.iter().map(|(name, _)| *name).chain(any_staged.then_some("Staged")).collect();
    let row = |entry: &T| {
        let cells = columns.iter().map(|(_, value)| value(entry));
        cells.chain(any_staged.then(|| mark(entry).map_or("", staged).to_owned())).collect()
    };
    table::print(page, &heading, entries.iter().map(row));
}

/// `listener IncomingMail, staged as changed`.
pub(super) fn headline(page: &mut Page, kind: &str, name: &str, mark: Option<StagedAs>) {
    let mark = mark.map(|mark| format!(", staged as {}", staged(mark))).unwrap_or_default();
    let headline = format!("{}{}", page.paint(Style::Strong, &format!("{kind} {name}")), Page::plain(&mark));
    page.painted_line(&headline);
}
