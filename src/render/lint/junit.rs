//! JUnit XML: a suite for each file, a case for each finding, which failed when it makes the exit status 1, and one passed case for
//! all rules that found nothing.

use std::fmt::Write;

use crate::app::lint::{FileAnswer, FileReport, Linted, Told};
use crate::model::diagnostic::Diagnostic;
use crate::render::page::Page;

use super::{Manner, Teller};

/// The document, in the form that Jenkins, GitLab and others read. They count the cases themselves.
#[derive(Debug)]
pub(super) struct Junit {
    manner: Manner,
    has_begun: bool,
}

impl Junit {
    pub(super) fn new(manner: Manner) -> Junit {
        Junit { manner, has_begun: false }
    }

    fn begin(&mut self, page: &mut Page) {
        if !std::mem::replace(&mut self.has_begun, true) {
            page.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sealpost lint\">\n");
        }
    }
}

impl Teller for Junit {
    fn file(&mut self, page: &mut Page, answer: &FileAnswer, _: usize) {
        self.begin(page);
        let Some(report) = &answer.report else { return };
        let mut out = String::new();
        suite(&mut out, &self.manner, report);
        page.raw(out.as_bytes());
    }

    fn end(&mut self, page: &mut Page, linted: &Linted, _: &[Diagnostic]) {
        self.begin(page);
        let mut out = String::new();
        for unread in linted.unread.iter().chain(&linted.unmended) {
            let (file, code) = (escaped(&unread.file), escaped(&unread.error.code));
            let message = escaped(&unread.error.message);
            let _ = writeln!(out, "  <testsuite name=\"{file}\" tests=\"1\" failures=\"0\" errors=\"1\">");
            let _ = writeln!(
                out,
                "    <testcase classname=\"{file}\" name=\"{code}\"><error message=\"{message}\"/></testcase>"
            );
            out.push_str("  </testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        page.raw(out.as_bytes());
    }
}

fn suite(out: &mut String, manner: &Manner, file: &FileReport) {
    let failures = file.findings.iter().filter(|finding| manner.fails(finding.severity)).count();
    let (name, tests) = (escaped(&file.file), file.findings.len() + 1);
    let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">");
    let _ = writeln!(out, "    <testcase classname=\"{name}\" name=\"{} rules passed\"/>", file.passed);
    file.findings.iter().for_each(|finding| case(out, &name, finding, manner.fails(finding.severity)));
    out.push_str("  </testsuite>\n");
}

fn case(out: &mut String, file: &str, finding: &Told, fails: bool) {
    let (rule, severity, message) = (finding.rule, finding.severity.as_str(), escaped(&finding.message));
    let details = std::iter::once(finding.place.to_string()).chain(finding.facts.iter().cloned());
    let details: Vec<String> = details.chain(finding.help.iter().map(|help| format!("help: {help}"))).collect();
    let text = escaped(&details.join("\n"));
    let inner = match fails {
        true => format!("<failure type=\"{severity}\" message=\"{message}\">{text}</failure>"),
        false => format!("<system-out>{severity}: {message}&#10;{text}</system-out>"),
    };
    let _ = writeln!(out, "    <testcase classname=\"{file}\" name=\"{rule}\">{inner}</testcase>");
}

/// Characters that XML 1.0 cannot carry at all (section 2.2) are shown as `\u{…}`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\u{FFFE}' | '\u{FFFF}' => out.extend(c.escape_unicode()),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_cannot_end_its_element() {
        assert_eq!(escaped("a\"><b>&\u{0}\n"), "a&quot;&gt;&lt;b&gt;&amp;\\u{0}&#10;");
    }
}
