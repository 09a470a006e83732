//! Annotations for GitHub Actions: one workflow command a finding.

use std::fmt::Write;

use crate::app::lint::{FileAnswer, Linted, Told};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::escape;
use crate::render::page::Page;

use super::Teller;

/// Findings, then unread files, each a line that the runner takes for an annotation at its place.
#[derive(Debug)]
pub(super) struct Github;

impl Teller for Github {
    fn file(&mut self, page: &mut Page, answer: &FileAnswer, _: usize) {
        let mut out = String::new();
        for finding in answer.report.iter().flat_map(|report| &report.findings) {
            let line = finding.line().map(|line| format!(",line={line}")).unwrap_or_default();
            let (file, title, level) = (property(&finding.file), property(finding.rule), level(finding.severity));
            let _ = writeln!(out, "::{level} file={file}{line},title={title}::{}", data(&text(finding)));
        }
        page.raw(out.as_bytes());
    }

    fn end(&mut self, page: &mut Page, linted: &Linted, _: &[Diagnostic]) {
        let mut out = String::new();
        for unread in linted.unread.iter().chain(&linted.unmended) {
            let (file, title) = (property(&unread.file), property(&unread.error.code));
            let message = data(&escape::terminal(&unread.error.message));
            let _ = writeln!(out, "::error file={file},title={title}::{message}");
        }
        page.raw(out.as_bytes());
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn text(finding: &Told) -> String {
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    let parts = std::iter::once(finding.message.clone()).chain(finding.facts.iter().cloned()).chain(help);
    // The runner shows them in a terminal, too.
    parts.map(|part| escape::terminal(&part).into_owned()).collect::<Vec<_>>().join("\n")
}

/// What would end the line or begin another command is escaped, as the runner's own toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&escape::terminal(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn a_name_cannot_begin_another_command() {
        assert_eq!(data("a\n::error::b 100%"), "a%0A::error::b 100%25");
        assert_eq!(property("a,line=1:b"), "a%2Cline=1%3Ab");
    }
}
