//! From a chain to everything that is to be said about it.

use crate::model::diagnostic::Severity;
use crate::model::finding::{Finding, Subject};
use crate::model::place::Place;

use super::bundle::{Bundle, Member, Sheet};
use super::bytes::{Damage, Items};
use super::question::Question;
use super::rules::{self, Check, Outcome, Rule, Said};

/// The inspection of one file.
#[derive(Debug, Clone)]
pub struct Report {
    pub file: String,
    /// Worst first; among equals in file order.
    pub findings: Vec<Finding>,
    /// What came of every rule that is not off, in the order in which they were asked.
    pub outcomes: Vec<(&'static Rule, RuleOutcome)>,
    /// No finding makes the answer no.
    pub accepted: bool,
}

/// What came of one rule on a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleOutcome {
    NotApplicable,
    Passed,
    NotCheckable(&'static str),
    Found(usize),
}

/// Inspects what was read of a file. A pure function of its arguments.
pub fn inspect(items: &Items, question: &Question) -> Report {
    inspect_bundle(&Bundle::new(items, question), question)
}

/// The same for a bundle that is at hand already.
pub fn inspect_bundle(bundle: &Bundle<'_>, question: &Question) -> Report {
    let sheets: Vec<Sheet<'_>> = bundle.members.iter().filter_map(|member| Sheet::new(member, bundle)).collect();
    let mut report =
        Report { file: bundle.items.file.clone(), findings: Vec::new(), outcomes: Vec::new(), accepted: true };
    for rule in in_order() {
        let level = question.ruleset.level(rule);
        let unread = matches!(rule.check, Check::Reading) && !question.ruleset.is_overruled(rule);
        let Some(severity) = level.severity.or(unread.then_some(Severity::Note)) else { continue };
        let engine =
            Engine { rule, severity, decides: level.decides, is_off: level.severity.is_none(), unread, bundle };
        let outcome = engine.run(&sheets, question, &mut report.findings);
        if !engine.is_off || matches!(outcome, RuleOutcome::Found(_)) {
            report.outcomes.push((rule, outcome));
        }
    }
    report.accepted = !report.findings.iter().any(Finding::is_failing);
    report.findings.sort_by_key(|finding| (finding.severity, finding.place.offset, finding.place.line));
    report
}

/// The catalogue, with the rules at its end that look at what the others found.
fn in_order() -> impl Iterator<Item = &'static Rule> {
    let is_last = |rule: &&Rule| matches!(rule.check, Check::Remaining(_));
    rules::all().filter(move |rule| !is_last(rule)).chain(rules::all().filter(is_last))
}

/// Findings of one rule in one file that are told one by one: more than a person looks at.
const TOLD: usize = 100;

/// One rule at work.
struct Engine<'a> {
    rule: &'static Rule,
    severity: Severity,
    decides: bool,
    /// The ruleset wants to hear nothing of it.
    is_off: bool,
    /// It tells what could not be read, and no ruleset may silence that: a file of which something was not read is not good.
    unread: bool,
    bundle: &'a Bundle<'a>,
}

impl Engine<'_> {
    fn run(&self, sheets: &[Sheet<'_>], question: &Question, findings: &mut Vec<Finding>) -> RuleOutcome {
        let remaining = match self.rule.check {
            Check::Remaining(check) => Some(check(self.bundle, question, findings)),
            _ => None,
        };
        let mut count = 0;
        let mut blocked = None;
        let mut applied = false;
        let mut take = |outcome: Outcome, member: Option<&Member>| match outcome {
            Outcome::NotApplicable => {}
            Outcome::Passed => applied = true,
            Outcome::NotCheckable(missing) => blocked = Some(missing),
            Outcome::Found(said) => {
                let told = said.len().min(TOLD.saturating_sub(count));
                count += said.len();
                findings.extend(said.into_iter().take(told).map(|said| self.finding(said, member)));
            }
        };
        match self.rule.check {
            Check::Reading => {
                take(Outcome::Passed, None);
                count = self.damages(findings);
            }
            Check::Certificate(check) => {
                sheets.iter().for_each(|sheet| take(check(sheet, question), Some(sheet.member)));
            }
            Check::Bundle(check) => take(check(self.bundle, question), None),
            Check::Remaining(_) => remaining.into_iter().for_each(|outcome| take(outcome, None)),
        }
        if count > TOLD {
            let rest = Said::new(format!("{} more findings of this kind are not listed", count - TOLD));
            findings.push(self.finding(rest, None));
        }
        match (count, blocked, applied) {
            (0, Some(missing), _) => RuleOutcome::NotCheckable(missing),
            (0, None, true) => RuleOutcome::Passed,
            (0, None, false) => RuleOutcome::NotApplicable,
            (count, ..) => RuleOutcome::Found(count),
        }
    }

    /// Gives their number.
    fn damages(&self, findings: &mut Vec<Finding>) -> usize {
        let mut count = 0;
        for damage in self.bundle.items.damages.iter().filter(|damage| damage.rule == self.rule.id) {
            let must_tell = self.unread && damage.severity == Severity::Error;
            if self.is_off && !must_tell {
                continue;
            }
            count += 1;
            if count > TOLD {
                continue;
            }
            let mut finding = self.finding(told(damage), None);
            if must_tell {
                (finding.severity, finding.decides) = (Severity::Error, true);
            }
            findings.push(finding);
        }
        count
    }

    fn finding(&self, said: Said, member: Option<&Member>) -> Finding {
        let by_index = |index: usize| index.checked_sub(1).and_then(|index| self.bundle.members.get(index));
        let member = said.certificate.and_then(by_index).or(member);
        let place = said.place.or_else(|| member.map(|member| member.found.place.clone()));
        Finding {
            rule: self.rule.id,
            // `Severity` is ordered from bad to mild.
            severity: said.at_most.map_or(self.severity, |milder| self.severity.max(milder)),
            decides: self.decides && (said.at_most.is_none() || said.decides),
            message: clipped(said.message),
            place: place.unwrap_or_else(|| Place::file(&self.bundle.items.file)),
            certificate: member.map(subject),
            related: said.related,
            facts: said.facts.into_iter().map(clipped).collect(),
            // A command that was cut is none.
            help: said.help.filter(|help| help.len() <= LONGEST),
            fixable: self.rule.fixable && !said.is_left,
        }
    }
}

/// The longest text that is told as it is: a name in a certificate may have megabytes, and stand in every finding about it.
const LONGEST: usize = 2000;

fn clipped(mut text: String) -> String {
    if text.len() > LONGEST {
        let left_out = text.len() - text.floor_char_boundary(LONGEST);
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push_str(&format!("… (and {left_out} bytes more)"));
    }
    text
}

fn told(damage: &Damage) -> Said {
    Said {
        message: damage.message.clone(),
        place: Some(damage.place.clone()),
        facts: damage.facts.clone(),
        help: damage.help.clone(),
        ..Said::default()
    }
}

fn subject(member: &Member) -> Subject {
    let subject = clipped(member.found.certificate.subject().to_string());
    Subject { index: member.index, sha256: member.sha256, subject }
}
