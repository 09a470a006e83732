//! The answer for people: a few files in full; of many, what makes the answer no, a table of rules, and the worst files.

use crate::app::lint::{
    ExchangerView, FileAnswer, FileCount, FileReport, LintCounts, LintVerdict, Linted, RuleCount, Told,
};
use crate::model::diagnostic::{Diagnostic, PlaceNote, Severity};
use crate::model::moment::plural;
use crate::model::shell_word::shell_word;
use crate::render::fetched::fetched;
use crate::render::mend::{changed, mended};
use crate::render::page::{Page, Style};

use super::{Manner, Teller, chain};

/// Mail hosts that are told; a domain has fewer than ten.
const EXCHANGERS: usize = 16;

/// Files that are told in full.
const IN_FULL: usize = 20;

#[derive(Debug)]
pub(super) struct Text {
    manner: Manner,
    /// Files of this run.
    of: usize,
}

impl Text {
    pub(super) fn new(manner: Manner) -> Text {
        Text { manner, of: 0 }
    }

    fn report(&self, page: &mut Page, report: &FileReport) {
        if !self.manner.is_brief && self.of <= IN_FULL {
            return in_full(page, report, &self.manner);
        }
        let failing = report.findings.iter().filter(|finding| self.manner.fails(finding.severity));
        failing.for_each(|finding| short(page, finding));
    }

    fn unread(&self, page: &mut Page, linted: &Linted) {
        for unread in linted.unread.iter().chain(&linted.unmended) {
            match self.manner.is_brief {
                // As data, because `--quiet` leaves out everything else.
                true => page.finding(&unread.error),
                false => page.diagnostic(&unread.error),
            }
        }
    }

    /// On a page of its own where standard output belongs to the mended file.
    fn beside(&self, page: &mut Page, tell: impl FnOnce(&mut Page)) {
        if !self.manner.is_fix {
            return tell(page);
        }
        let mut report = page.beside();
        tell(&mut report);
        page.talk_of(&report);
    }
}

impl Teller for Text {
    fn file(&mut self, page: &mut Page, answer: &FileAnswer, of: usize) {
        self.of = of;
        if let Some(file) = &answer.mended {
            mended(page, file);
            if !self.manner.is_brief {
                changed(page, file);
            }
        }
        self.beside(page, |page| answer.report.iter().for_each(|report| self.report(page, report)));
    }

    fn end(&mut self, page: &mut Page, linted: &Linted, remarks: &[Diagnostic]) {
        self.beside(page, |page| {
            self.unread(page, linted);
            if self.manner.is_brief {
                let errors = remarks.iter().filter(|remark| remark.severity == Severity::Error);
                return errors.for_each(|error| page.finding(error));
            }
            remarks.iter().for_each(|remark| page.diagnostic(remark));
            if self.of > 1 {
                by_rule(page, linted);
                worst_files(page, linted);
            }
            summary(page, linted);
            next(page, linted, &self.manner, self.of > IN_FULL);
        });
    }
}

/// A file with its chain, then its findings.
fn in_full(page: &mut Page, file: &FileReport, manner: &Manner) {
    let name = if file.file == "-" { "standard input" } else { &file.file };
    let count = plural(file.certificates.len() as u64, "certificate");
    let verdict = match file.verdict {
        LintVerdict::Pass if file.is_distrusted => {
            format!("{}, but nobody who verifies will trust it", page.paint(Style::Good, "pass"))
        }
        LintVerdict::Pass => page.paint(Style::Good, "pass"),
        LintVerdict::Fail => page.paint(Style::Error, "fail"),
    };
    let title =
        format!("{}: {}: {verdict}", page.paint(Style::Strong, name), Page::plain(&format!("{}, {count}", file.form)));
    page.painted_line(&title);
    chain::draw(page, file);
    fetched(page, &file.fetched);
    exchangers(page, &file.exchangers);
    for finding in &file.findings {
        page.line("");
        tell(page, finding, manner);
    }
    page.line("");
}

/// Which mail hosts the certificate covers, and which not.
fn exchangers(page: &mut Page, exchangers: &[ExchangerView]) {
    for ExchangerView { host, covered_by } in exchangers.iter().take(EXCHANGERS) {
        let verdict = match covered_by {
            Some(name) => Page::plain(&format!("covered by {name}")),
            None => page.paint(Style::Warning, "not covered"),
        };
        page.painted_line(&format!("  mail host {}: {verdict}", Page::plain(host)));
    }
    if let Some(more) = exchangers.len().checked_sub(EXCHANGERS).filter(|more| *more > 0) {
        page.line(&format!("  … and {}", plural(more as u64, "more mail host")));
    }
}

/// The line of the file stands between the place and the facts.
fn tell(page: &mut Page, told: &Told, manner: &Manner) {
    let mut whole = diagnostic(told);
    if told.decides && told.severity != Severity::Error {
        whole.facts.push("it decides: the verdict is fail because of it".to_owned());
    }
    let mends = |help: &String| told.fixable && help.starts_with("sealpost lint --fix ");
    if manner.mending.is_some() && told.help.as_ref().is_some_and(mends) {
        // The command stands at the end, once.
        whole.help = Some("--fix mends this".to_owned());
    }
    let Some(excerpt) = &told.excerpt else { return page.finding(&whole) };
    page.finding(&Diagnostic { facts: Vec::new(), help: None, ..whole.clone() });
    let number = excerpt.line.to_string();
    page.line(&format!("{number:>4} | {}", excerpt.text));
    if let Some(column) = excerpt.column {
        page.line(&format!("{}^", " ".repeat(number.len().max(4) + 3 + column)));
    }
    for fact in &whole.facts {
        page.line(&format!("   = {fact}"));
    }
    if let Some(help) = &whole.help {
        let label = page.paint(Style::Strong, "help:");
        page.painted_line(&format!("  {label} {}", Page::plain(help)));
    }
}

fn diagnostic(told: &Told) -> Diagnostic {
    let what = told.certificate.as_ref().map(|subject| format!("certificate {}, {}", subject.index, subject.subject));
    let first = PlaceNote { place: told.place.clone(), what, source: None };
    Diagnostic {
        severity: told.severity,
        code: told.rule.into(),
        message: told.message.clone(),
        places: std::iter::once(first).chain(told.related.iter().cloned()).collect(),
        facts: told.facts.clone(),
        help: told.help.clone(),
    }
}

/// `chain.pem:3: error[rule]: message`.
fn short(page: &mut Page, finding: &Told) {
    let place = match finding.line() {
        Some(line) => format!("{}:{line}", finding.file),
        None => finding.file.clone(),
    };
    let head = page.paint(style(finding.severity), &format!("{}[{}]", finding.severity.as_str(), finding.rule));
    page.painted_line(&format!("{}: {head}: {}", Page::plain(&place), Page::plain(&finding.message)));
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => Style::Error,
        Severity::Warning => Style::Warning,
        Severity::Note => Style::Note,
    }
}

/// Which rules spoke how often: errors first, of equals the most frequent.
fn by_rule(page: &mut Page, linted: &Linted) {
    if linted.by_rule.is_empty() {
        return;
    }
    let mut rules: Vec<(&str, RuleCount)> = linted.by_rule.iter().map(|(rule, count)| (*rule, *count)).collect();
    rules.sort_by_key(|(rule, count)| (count.severity, std::cmp::Reverse(count.findings), *rule));
    page.painted_line(&page.paint(Style::Strong, "findings    files           rule"));
    for (rule, RuleCount { severity, findings, files }) in rules {
        let severity = page.paint(style(severity), &format!("{:<7}", severity.as_str()));
        page.painted_line(&format!("{findings:>8} {files:>8}  {severity}  {rule}"));
    }
    page.line("");
}

fn worst_files(page: &mut Page, linted: &Linted) {
    if linted.worst.len() < 2 {
        return;
    }
    page.painted_line(&page.paint(Style::Strong, "worst files"));
    for FileCount { counts: [errors, warnings, notes], file } in &linted.worst {
        let parts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let parts = parts.iter().filter(|(count, _)| **count > 0).map(|(count, what)| plural(**count as u64, what));
        page.line(&format!("  {file}: {}", parts.collect::<Vec<_>>().join(", ")));
    }
    page.line("");
}

pub(super) fn summary(page: &mut Page, linted: &Linted) {
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
    let fixable = match linted.fixable {
        0 => String::new(),
        count => format!("; --fix mends {count}"),
    };
    let ruleset = &linted.ruleset;
    page.say(&format!("{files}, {certificates}: {errors}, {warnings}, {notes} ({ruleset}){accepted}{fixable}{unread}"));
}

/// What to do next: of many files, look at the worst in full; of few, mend what can be mended, or hear more of the worst.
fn next(page: &mut Page, linted: &Linted, manner: &Manner, is_many: bool) {
    if let Some((file, count)) = &linted.new_baseline {
        page.say(&format!("{} known from now on, in {file}", plural(*count as u64, "finding")));
        return page.next(&format!("{} --baseline {}", manner.again, shell_word(file)));
    }
    let Some(worst) = linted.worst.first() else { return };
    let is_worth_it = linted.counts.errors + linted.counts.warnings > 0;
    match &manner.mending {
        _ if is_many => page.next(&format!("sealpost lint {}{}", shell_word(&worst.file), manner.materials)),
        Some(command) if linted.fixable > 0 => page.next(command),
        _ if is_worth_it => {
            let rules = linted.by_rule.iter().filter(|(_, count)| count.severity < Severity::Note);
            if let Some((rule, _)) = rules.min_by_key(|(_, count)| count.severity) {
                page.next(&format!("sealpost explain {rule}"));
            }
        }
        _ => {}
    }
}
