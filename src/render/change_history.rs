//! `sealpost change history`.

use unicode_width::UnicodeWidthStr;

use crate::app::change_history::{Accepted, History};
use crate::operate::RevisionNumber;

use super::answer::Answer;
use super::page::{Page, Style};

impl Answer for History {
    const SCHEMA: &'static str = "sealpost.change-history/1";

    fn page(&self, page: &mut Page) {
        let shown: Vec<String> = self.revisions.iter().map(|entry| Page::plain(&entry.author)).collect();
        let width = shown.iter().map(|author| author.width()).max().unwrap_or(0);
        for (entry, author) in self.revisions.iter().zip(&shown) {
            let mark = if entry.running { page.paint(Style::Good, "running") } else { " ".repeat(7) };
            let pad = " ".repeat(width.saturating_sub(author.width()));
            let comment = Page::plain(&entry.comment);
            let line = format!("{:>6}  {mark}  {}  {author}{pad}  {comment}", entry.number.to_string(), entry.time);
            page.painted_line(line.trim_end());
            for accepted in &entry.accepted {
                page.line(&let_pass(accepted, entry.number));
            }
        }
    }
}

/// `let pass: cert/expired-leaf on listener:In until 2027-01-31 (since 4): the new one comes on Monday`.
fn let_pass(accepted: &Accepted, number: RevisionNumber) -> String {
    let until = accepted.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
    let since =
        accepted.since.filter(|since| *since != number).map(|since| format!(" (since {since})")).unwrap_or_default();
    let roles = accepted.roles.join(", ");
    format!("{:17}let pass: {} on {roles}{until}{since}: {}", "", accepted.rule, accepted.reason)
}
