//! The answer about all files: how many of what, and what is told when the last of them is done. Files are told one by one
//! (`FileAnswer`) and not kept, so that ten thousand need no more memory than a hundred.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::moment::rfc3339;
use crate::model::place::Place;

use super::super::mend::{FixAnswer, MendedFile};
use super::file_answer::{FileAnswer, FileReport};
use super::{DEFAULT_RULESET, LintOrder};

/// The answer about all files.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = with_files)]
pub struct Linted {
    pub verdict: LintVerdict,
    /// Those by which files were judged, in the order of their names.
    pub ruleset: String,
    /// RFC 3339, UTC.
    pub at: String,
    pub counts: LintCounts,
    /// In the order in which they were named. Written while the run goes on, before everything else.
    #[serde(skip_serializing_if = "is_told_already")]
    #[schemars(with = "Vec<FileReport>")]
    files: PhantomData<FileReport>,
    /// Findings that a waiver lets pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waived>,
    /// Files that could not be read at all, also of those that others were to be held against.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// With --fix: what was done to which file. The findings are then those that remain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<MendedFile>,
    /// With --fix: files that could not be mended, and are as they were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmended: Vec<Unread>,
    /// How often each rule spoke.
    #[serde(skip)]
    pub by_rule: BTreeMap<&'static str, RuleCount>,
    /// Findings that `--fix` mends.
    #[serde(skip)]
    pub fixable: usize,
    /// The files with the most errors, then warnings, then notes; at most ten.
    #[serde(skip)]
    pub worst: Vec<FileCount>,
    /// The baseline that was written, and how many findings are in it.
    #[serde(skip)]
    pub new_baseline: Option<(String, usize)>,
    /// A finding at or above the severity asked about; exit status 1.
    #[serde(skip)]
    pub is_failed: bool,
    /// Something of the run's own could not be written; exit status 2.
    #[serde(skip)]
    pub is_incomplete: bool,
    #[serde(skip)]
    rulesets: BTreeSet<String>,
    #[serde(skip)]
    keeps_mended: bool,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LintVerdict {
    /// No error, no finding that decides under the ruleset, and none at or above the severity of --fail-on.
    Pass,
    Fail,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct LintCounts {
    pub files: usize,
    pub certificates: usize,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    /// Findings that the baseline knows, which are not told again.
    pub known: usize,
}

/// How often a rule spoke.
#[derive(Debug, Clone, Copy)]
pub struct RuleCount {
    /// The worst of all, where settings differ from folder to folder.
    pub severity: Severity,
    pub findings: usize,
    pub files: usize,
}

/// How much is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCount {
    /// Errors, warnings, notes.
    pub counts: [usize; 3],
    pub file: String,
}

/// A finding that a waiver lets pass.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Waived {
    pub rule: &'static str,
    pub message: String,
    pub file: String,
    pub place: Place,
    pub reason: String,
}

/// A file with which something could not be done, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unread {
    pub file: String,
    pub error: Diagnostic,
}

/// A rule and what a ruleset makes of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RuleLevel {
    pub ruleset: &'static str,
    /// `off`, `note`, `warning` or `error`.
    pub severity: &'static str,
    pub decides: bool,
}

/// Files that are named as the worst.
const WORST: usize = 10;

impl Unread {
    pub(super) fn new(file: &str, error: Diagnostic) -> Unread {
        Unread { file: file.to_owned(), error }
    }
}

impl Linted {
    pub(super) fn new(order: &LintOrder) -> Linted {
        Linted {
            verdict: LintVerdict::Pass,
            ruleset: order.ruleset.clone().unwrap_or_else(|| DEFAULT_RULESET.to_owned()),
            at: rfc3339(order.at),
            counts: LintCounts::default(),
            files: PhantomData,
            waived: Vec::new(),
            unread: Vec::new(),
            mended: Vec::new(),
            unmended: Vec::new(),
            by_rule: BTreeMap::new(),
            fixable: 0,
            worst: Vec::new(),
            new_baseline: None,
            is_failed: false,
            is_incomplete: false,
            rulesets: BTreeSet::new(),
            keeps_mended: order.fix.as_ref().is_some_and(|fix| fix.answer == FixAnswer::Json),
        }
    }

    pub(super) fn unread(&mut self, file: &str, error: Diagnostic) {
        self.unread.push(Unread::new(file, error));
    }

    /// Counts a file that was told, and keeps what has to be told at the end.
    pub(super) fn count(&mut self, answer: FileAnswer) {
        if let Some(report) = &answer.report {
            self.count_report(report);
        }
        self.counts.known += answer.known;
        self.waived.extend(answer.waived);
        self.unread.extend(answer.unread);
        self.unmended.extend(answer.unmended);
        self.mended.extend(answer.mended.filter(|_| self.keeps_mended));
    }

    fn count_report(&mut self, report: &FileReport) {
        // A settings file may say which.
        if self.rulesets.insert(report.ruleset.clone()) {
            self.ruleset = self.rulesets.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        }
        let mut counts = [0; 3];
        let mut rules = Vec::new();
        for told in &report.findings {
            counts[told.severity as usize] += 1;
            self.fixable += usize::from(told.fixable);
            let rule =
                self.by_rule.entry(told.rule).or_insert(RuleCount { severity: told.severity, findings: 0, files: 0 });
            // `Severity` is ordered from bad to mild.
            rule.severity = rule.severity.min(told.severity);
            rule.findings += 1;
            if !rules.contains(&told.rule) {
                rule.files += 1;
                rules.push(told.rule);
            }
        }
        self.is_failed |= report.verdict == LintVerdict::Fail;
        if report.verdict == LintVerdict::Fail {
            self.verdict = LintVerdict::Fail;
        }
        self.counts.files += 1;
        self.counts.certificates += report.certificates.len();
        let [errors, warnings, notes] = counts;
        self.counts.errors += errors;
        self.counts.warnings += warnings;
        self.counts.notes += notes;
        self.rank(FileCount { counts, file: report.file.clone() });
    }

    fn rank(&mut self, file: FileCount) {
        if file.counts == [0; 3] {
            return;
        }
        // Behind its equals: what was named first stands first.
        let at = self.worst.partition_point(|other| other.counts >= file.counts);
        self.worst.insert(at, file);
        self.worst.truncate(WORST);
    }
}

/// They are always there, though they are not written with the rest.
fn with_files(schema: &mut schemars::Schema) {
    if let Some(serde_json::Value::Array(required)) = schema.get_mut("required") {
        required.push("files".into());
    }
}

fn is_told_already(_: &PhantomData<FileReport>) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_count_in_the_order_of_the_summary() {
        assert_eq!([Severity::Error, Severity::Warning, Severity::Note].map(|severity| severity as usize), [0, 1, 2]);
    }
}
