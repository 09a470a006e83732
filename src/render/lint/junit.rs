//! JUnit XML: a suite for each file, a case for each finding, which failed when it makes the exit status 1, and one passed case for
//! all rules that found nothing.

use std::fmt::Write;

use crate::app::lint::{FileReport, Linted, Told};

/// The document, in the form that Jenkins, GitLab and others read.
pub(super) fn document(linted: &Linted) -> String {
    let findings: usize = linted.files.iter().map(|file| file.findings.len()).sum();
    let tests = findings + linted.files.len() + linted.unread.len();
    let failures: usize = linted.files.iter().map(|file| failures(linted, file)).sum();
    let errors = linted.unread.len();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"sealpost lint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    );
    linted.files.iter().for_each(|file| suite(&mut out, linted, file));
    for unread in &linted.unread {
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
    out
}

fn failures(linted: &Linted, file: &FileReport) -> usize {
    file.findings.iter().filter(|finding| linted.fails(finding.severity)).count()
}

fn suite(out: &mut String, linted: &Linted, file: &FileReport) {
    let (name, failures, tests) = (escaped(&file.file), failures(linted, file), file.findings.len() + 1);
    let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">");
    let _ = writeln!(out, "    <testcase classname=\"{name}\" name=\"{} rules passed\"/>", file.passed);
    file.findings.iter().for_each(|finding| case(out, &name, finding, linted.fails(finding.severity)));
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
