//! Annotations for GitHub Actions: one workflow command a finding.

use std::fmt::Write;

use crate::app::lint::{Linted, Told};
use crate::model::diagnostic::Severity;
use crate::render::escape;

/// Findings and unread files, each a line that the runner takes for an annotation at its place.
pub(super) fn annotations(linted: &Linted) -> String {
    let mut out = String::new();
    for finding in linted.files.iter().flat_map(|file| &file.findings) {
        let line = finding.place.line.map(|line| format!(",line={line}")).unwrap_or_default();
        let (file, title) = (property(&finding.file), property(finding.rule));
        let _ =
            writeln!(out, "::{} file={file}{line},title={title}::{}", level(finding.severity), data(&text(finding)));
    }
    for unread in &linted.unread {
        let (file, title) = (property(&unread.file), property(&unread.error.code));
        let _ = writeln!(out, "::error file={file},title={title}::{}", data(&escape::terminal(&unread.error.message)));
    }
    out
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
