//! The chain of a file, drawn: as it was found and, where that differs, as it should be; each certificate under what it certifies
//! further up, and at the end who is trusted, or who is missing.

use unicode_width::UnicodeWidthStr;

use crate::app::lint::{Elsewhere, FileReport, Listed, PathStep};
use crate::model::moment::plural;
use crate::render::page::{Page, Style};

/// Certificates that are drawn; a chain has fewer than ten.
const DRAWN: usize = 32;

/// The column in which remarks begin, at most.
const WIDEST: usize = 56;

/// A certificate or what stands above it, and what is to be said of it.
struct Row {
    name: String,
    remark: String,
    style: Option<Style>,
}

pub(super) fn draw(page: &mut Page, file: &FileReport) {
    let found: Vec<usize> = file.certificates.iter().map(|listed| listed.index).collect();
    if file.chain == found {
        return rows(page, tree(file, true));
    }
    let as_found: Vec<Row> = file.certificates.iter().take(DRAWN).map(|listed| row(listed, 0, true)).collect();
    if file.chain.is_empty() {
        rows(page, as_found);
        return more(page, file);
    }
    page.painted_line(&page.paint(Style::Faint, "  as found:"));
    rows(page, as_found);
    more(page, file);
    page.painted_line(&page.paint(Style::Faint, "  as it should be:"));
    rows(page, tree(file, false));
}

fn more(page: &mut Page, file: &FileReport) {
    if let Some(count) = file.certificates.len().checked_sub(DRAWN).filter(|count| *count > 0) {
        page.line(&format!("    … and {} more", plural(count as u64, "certificate")));
    }
}

/// The chain from the leaf upwards.
fn tree(file: &FileReport, remarked: bool) -> Vec<Row> {
    let rows = file.path.iter().take(DRAWN).enumerate().filter_map(|(depth, step)| match step {
        PathStep::Listed(number) => {
            file.certificates.get(number.checked_sub(1)?).map(|listed| row(listed, depth, remarked))
        }
        PathStep::Elsewhere(other) => Some(elsewhere(other, depth)),
    });
    rows.collect()
}

fn elsewhere(other: &Elsewhere, depth: usize) -> Row {
    let (name, remark, style) = match other {
        Elsewhere::Trusted { name, store } => (name, format!("trusted ({store}); not in the file"), Style::Faint),
        Elsewhere::AtHand { name, url: None } => (name, "missing; in the pool".to_owned(), Style::Error),
        Elsewhere::AtHand { name, url: Some(url) } => (name, format!("missing; {url} has it"), Style::Error),
        Elsewhere::Missing { name } => (name, "missing".to_owned(), Style::Error),
        Elsewhere::UnknownRoot { name } => (name, "not in the file, not trusted".to_owned(), Style::Error),
        Elsewhere::Unjudged { name } => (name, "not in the file; nobody was given to trust".to_owned(), Style::Faint),
    };
    Row { name: format!("{}{name}", branch(depth)), remark, style: Some(style) }
}

fn row(listed: &Listed, depth: usize, remarked: bool) -> Row {
    let place = listed.place.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let remark = match listed.copy_of {
        _ if !remarked => String::new(),
        Some(first) => format!("copy of [{first}]{place}"),
        None => format!("{}, until {}{place}", listed.standing, listed.until),
    };
    let remark = match &listed.unchecked {
        Some(why) if !remark.is_empty() => format!("{remark}; signature cannot be checked: {why}"),
        _ => remark,
    };
    let style = (!listed.is_valid).then_some(Style::Error);
    Row { name: format!("{}[{}] {}", branch(depth), listed.index, listed.name), remark, style }
}

/// `└─ ` under the name above, one step further in for each certificate.
fn branch(depth: usize) -> String {
    match depth {
        0 => String::new(),
        _ => format!("{}└─ ", "   ".repeat(depth - 1)),
    }
}

fn rows(page: &mut Page, rows: Vec<Row>) {
    let width = rows.iter().filter(|row| !row.remark.is_empty()).map(|row| row.name.width()).max();
    let width = width.unwrap_or_default().min(WIDEST);
    for Row { name, remark, style } in rows {
        let gap = " ".repeat(width.saturating_sub(name.width()) + 2);
        let text = if remark.is_empty() { format!("    {name}") } else { format!("    {name}{gap}{remark}") };
        match style {
            Some(style) => page.painted_line(&page.paint(style, &text)),
            None => page.line(&text),
        }
    }
}
