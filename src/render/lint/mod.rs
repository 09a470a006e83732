//! `sealpost lint` for people; beside it the forms for code hosts and build servers.

mod github;
mod junit;
mod sarif;

use crate::app::lint::{FileReport, LintCounts, LintVerdict, Linted, Listed, Told};
use crate::model::diagnostic::{Diagnostic, PlaceNote, Severity};
use crate::model::moment::plural;

use super::answer::{Answer, Exit, Report};
use super::mend::mended;
use super::page::{Page, Style};

impl Answer for Linted {
    const SCHEMA: &'static str = "sealpost.lint/1";
    const HAS_REPORTS: bool = true;

    fn page(&self, page: &mut Page) {
        // Standard output belongs to the mended file, even when there is none.
        if !self.is_fix {
            return whole(self, page);
        }
        self.mended.iter().for_each(|file| mended(page, file));
        let mut report = page.beside();
        whole(self, &mut report);
        page.talk_of(&report);
    }

    fn report(&self, form: Report) -> String {
        match form {
            Report::Sarif => sarif::log(self),
            Report::Junit => junit::document(self),
            Report::Github => github::annotations(self),
        }
    }

    fn exit(&self) -> Exit {
        match (self.unread.is_empty() && self.unmended.is_empty(), self.is_failed) {
            (false, _) => Exit::Failed,
            (true, true) => Exit::No,
            (true, false) => Exit::Done,
        }
    }
}

fn whole(linted: &Linted, page: &mut Page) {
    if linted.is_brief {
        return brief(linted, page);
    }
    let in_full = linted.files.len() <= IN_FULL;
    for file in &linted.files {
        match in_full {
            true => report(page, file),
            false => file.findings.iter().for_each(|finding| short(page, finding)),
        }
    }
    for unread in linted.unread.iter().chain(&linted.unmended) {
        page.diagnostic(&unread.error);
    }
    let worst = linted.files.len() > 1;
    if worst {
        by_rule(page, &linted.files);
        worst_files(page, &linted.files);
    }
    summary(page, linted);
}

/// A file with its chain, then its findings.
fn report(page: &mut Page, file: &FileReport) {
    let name = if file.file == "-" { "standard input" } else { &file.file };
    let count = plural(file.certificates.len() as u64, "certificate");
    let verdict = match file.verdict {
        LintVerdict::Pass => page.paint(Style::Good, "pass"),
        LintVerdict::Fail => page.paint(Style::Error, "fail"),
    };
    let title =
        format!("{}: {}: {verdict}", page.paint(Style::Strong, name), Page::plain(&format!("{}, {count}", file.form)));
    page.painted_line(&title);
    chain(page, file);
    for finding in &file.findings {
        tell(page, finding);
    }
    page.line("");
}

/// In the order found; then, where it differs, in the order in which a server should send them.
fn chain(page: &mut Page, file: &FileReport) {
    let width = file.certificates.iter().map(|listed| unicode_width::UnicodeWidthStr::width(listed.name.as_str()));
    let width = width.max().unwrap_or_default().min(48);
    for listed in &file.certificates {
        page.line(&row(listed, width));
    }
    let found: Vec<usize> = file.certificates.iter().map(|listed| listed.index).collect();
    if file.chain == found || file.chain.is_empty() {
        return;
    }
    page.painted_line(&page.paint(Style::Faint, "  as it should be:"));
    let listed = file.chain.iter().filter_map(|index| file.certificates.get(index.checked_sub(1)?));
    for (depth, listed) in listed.enumerate() {
        page.line(&format!("  {}[{}] {}", branch(depth), listed.index, listed.name));
    }
}

/// `└─ ` under the name above, one step further in for each certificate.
fn branch(depth: usize) -> String {
    match depth {
        0 => String::new(),
        _ => format!("{}└─ ", "   ".repeat(depth - 1)),
    }
}

fn row(listed: &Listed, width: usize) -> String {
    let place = listed.place.line.map(|line| format!(", line {line}")).unwrap_or_default();
    format!("  [{}] {:width$}  {}, until {}{place}", listed.index, listed.name, listed.standing, listed.until)
}

/// The line of the file stands between the place and the facts.
fn tell(page: &mut Page, told: &Told) {
    let mut head = diagnostic(told);
    let Some(excerpt) = &told.excerpt else { return page.finding(&head) };
    (head.facts, head.help) = (Vec::new(), None);
    page.finding(&head);
    let number = excerpt.line.to_string();
    page.line(&format!("{number:>4} | {}", excerpt.text));
    if let Some(column) = excerpt.column {
        page.line(&format!("{}^", " ".repeat(number.len().max(4) + 3 + column)));
    }
    for fact in &told.facts {
        page.line(&format!("   = {fact}"));
    }
    if let Some(help) = &told.help {
        let label = page.paint(Style::Strong, "help:");
        page.painted_line(&format!("  {label} {}", Page::plain(help)));
    }
}

fn diagnostic(told: &Told) -> Diagnostic {
    let what = told.certificate.as_ref().map(|subject| format!("certificate {}, {}", subject.index, subject.subject));
    let first = PlaceNote { place: told.place.clone(), what };
    Diagnostic {
        severity: told.severity,
        code: told.rule.into(),
        message: told.message.clone(),
        places: std::iter::once(first).chain(told.related.iter().cloned()).collect(),
        facts: told.facts.clone(),
        help: told.help.clone(),
    }
}

/// Many files: which rules fired how often, most frequent first.
fn by_rule(page: &mut Page, files: &[FileReport]) {
    let mut counts: Vec<(&str, &str, usize)> = Vec::new();
    for finding in files.iter().flat_map(|file| &file.findings) {
        match counts.iter_mut().find(|(rule, ..)| *rule == finding.rule) {
            Some((.., count)) => *count += 1,
            None => counts.push((finding.rule, finding.severity.as_str(), 1)),
        }
    }
    if counts.is_empty() {
        return;
    }
    counts.sort_by_key(|(rule, _, count)| (std::cmp::Reverse(*count), *rule));
    for (rule, severity, count) in counts {
        page.line(&format!("{count:>7}  {severity:<7}  {rule}"));
    }
}

/// Files that are named as the worst.
const WORST: usize = 10;

fn worst_files(page: &mut Page, files: &[FileReport]) {
    let count = |file: &FileReport, severity: Severity| {
        file.findings.iter().filter(|finding| finding.severity == severity).count()
    };
    let counts = |file| [Severity::Error, Severity::Warning, Severity::Note].map(|severity| count(file, severity));
    let mut worst: Vec<([usize; 3], &str)> = files.iter().map(|file| (counts(file), file.file.as_str())).collect();
    worst.retain(|(counts, _)| *counts != [0; 3]);
    worst.sort_by_key(|(counts, _)| std::cmp::Reverse(*counts));
    if worst.len() < 2 {
        return;
    }
    page.line("");
    page.painted_line(&page.paint(Style::Strong, "worst files"));
    for ([errors, warnings, notes], file) in worst.into_iter().take(WORST) {
        let parts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(*count as u64, what));
        page.line(&format!("  {file}: {}", parts.collect::<Vec<_>>().join(", ")));
    }
}

/// Files that are told in full; of more, a line per finding.
const IN_FULL: usize = 20;

/// As data, because `--quiet` leaves out everything else.
fn brief(linted: &Linted, page: &mut Page) {
    let findings = linted.files.iter().flat_map(|file| &file.findings);
    findings.filter(|finding| linted.fails(finding.severity)).for_each(|finding| short(page, finding));
    linted.unread.iter().chain(&linted.unmended).for_each(|unread| page.finding(&unread.error));
}

/// `chain.pem:3: error[rule]: message`.
fn short(page: &mut Page, finding: &Told) {
    let place = match finding.place.line {
        Some(line) => format!("{}:{line}", finding.file),
        None => finding.file.clone(),
    };
    let style = match finding.severity {
        Severity::Error => Style::Error,
        Severity::Warning => Style::Warning,
        Severity::Note => Style::Note,
    };
    let head = page.paint(style, &format!("{}[{}]", finding.severity.as_str(), finding.rule));
    page.painted_line(&format!("{}: {head}: {}", Page::plain(&place), Page::plain(&finding.message)));
}

fn summary(page: &mut Page, linted: &Linted) {
    let LintCounts { files, certificates, errors, warnings, notes, known } = linted.counts;
    let accepted = [(linted.waived.len(), "waived"), (known, "in the baseline")];
    let accepted: String =
        accepted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("; {count} {what}")).collect();
    let [files, certificates, errors, warnings, notes] = [
        plural(files as u64, "file"),
        plural(certificates as u64, "certificate"),
        plural(errors as u64, "error"),
        plural(warnings as u64, "warning"),
        plural(notes as u64, "note"),
    ];
    let unread = match linted.unread.len() {
        0 => String::new(),
        count => format!("; {} could not be read", plural(count as u64, "file")),
    };
    page.say(&format!("{files}, {certificates}: {errors}, {warnings}, {notes} ({}){accepted}{unread}", linted.ruleset));
    let fixable = linted.files.iter().flat_map(|file| &file.findings).find(|finding| !finding.fixable);
    if let Some(finding) = fixable.filter(|_| linted.counts.errors + linted.counts.warnings > 0) {
        page.next(&format!("sealpost explain {}", finding.rule));
    }
}
