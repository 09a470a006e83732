//! `config check`.

use crate::app::config_check::Checked;
use crate::model::diagnostic::Severity;
use crate::model::moment::plural;

use super::answer::{Answer, Exit};
use super::page::{Page, Style};

impl Answer for Checked {
    const SCHEMA: &'static str = "sealpost.config-check/1";

    fn page(&self, page: &mut Page) {
        self.findings.iter().for_each(|finding| page.finding(finding));
        for what in &self.not_checked {
            page.line(&format!("not checked: {what}"));
        }
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count() as u64;
        let counts =
            [(count(Severity::Error), "error"), (count(Severity::Warning), "warning"), (count(Severity::Note), "note")];
        let parts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| plural(*count, unit)).collect();
        let (style, verdict) = match (self.readable, parts.is_empty()) {
            (false, _) => (Style::Error, parts.join(", ")),
            (true, true) => (Style::Good, "no mistakes".to_owned()),
            (true, false) if self.has_warnings() => (Style::Warning, parts.join(", ")),
            (true, false) => (Style::Good, format!("no mistakes, {}", parts.join(", "))),
        };
        let line = format!("{}: {}", Page::plain(&self.file), page.paint(style, &verdict));
        page.painted_line(&line);
    }

    fn exit(&self) -> Exit {
        if self.has_warnings() { Exit::No } else { Exit::Done }
    }
}
