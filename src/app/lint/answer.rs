//! What is told of an inspection.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::findings::{Report, RuleOutcome};
use crate::inspect::question::Question;
use crate::model::diagnostic::{Diagnostic, PlaceNote, Severity};
use crate::model::finding::{Finding, Subject};
use crate::model::moment::{Moment, date_and_distance, rfc3339};
use crate::model::place::Place;

use super::super::mend::MendedFile;
use super::accepting::{Accepted, Sifted};
use super::excerpt::{Excerpt, Excerpts};
use super::{DEFAULT_RULESET, LintOrder};

/// The answer about all files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Linted {
    pub verdict: LintVerdict,
    pub ruleset: String,
    /// RFC 3339, UTC.
    pub at: String,
    pub counts: LintCounts,
    pub files: Vec<FileReport>,
    /// Findings that a waiver lets pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waived>,
    /// Files that could not be read at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// With --fix: what was done to which file. The findings are then those that remain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<MendedFile>,
    /// With --fix: files that could not be mended, and are as they were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmended: Vec<Unread>,
    /// Files were to be mended.
    #[serde(skip)]
    pub is_fix: bool,
    /// A finding at or above the severity asked about; exit status 1.
    #[serde(skip)]
    pub is_failed: bool,
    /// Tell people only what makes the answer no.
    #[serde(skip)]
    pub is_brief: bool,
    #[serde(skip)]
    fail_on: Severity,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LintVerdict {
    /// No finding that decides under the ruleset.
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

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileReport {
    pub file: String,
    pub form: String,
    pub ruleset: String,
    pub verdict: LintVerdict,
    /// Every certificate in the order found.
    pub certificates: Vec<Listed>,
    /// Numbers of the certificates in the order in which a server should send them; the root, if there, last.
    pub chain: Vec<usize>,
    pub findings: Vec<Told>,
    /// Rules that apply and could not be checked, and what was missing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_checkable: BTreeMap<&'static str, &'static str>,
    /// Rules that were checked and found nothing.
    pub passed: usize,
}

/// A certificate of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    pub index: usize,
    pub name: String,
    /// `leaf`, `intermediate`, `root` …
    pub standing: &'static str,
    pub place: Place,
    /// With its distance, for people.
    #[serde(skip)]
    pub until: String,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Told {
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    pub file: String,
    pub place: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Subject>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<PlaceNote>,
    pub facts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    pub fixable: bool,
    /// The same from run to run, whatever the line and the day; a baseline goes by it.
    pub fingerprint: String,
    /// The line of the file, where it tells something and holds no secret.
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

/// A finding that a waiver lets pass.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Waived {
    pub rule: &'static str,
    pub file: String,
    pub place: Place,
    pub reason: String,
}

/// A file with which something could not be done, and why.
#[derive(Debug, Serialize, JsonSchema)]
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
            files: Vec::new(),
            waived: Vec::new(),
            unread: Vec::new(),
            mended: Vec::new(),
            unmended: Vec::new(),
            is_fix: order.fix.is_some(),
            is_failed: false,
            is_brief: false,
            fail_on: order.fail_on,
        }
    }

    /// A finding of this severity makes the exit status 1.
    pub fn fails(&self, severity: Severity) -> bool {
        severity <= self.fail_on
    }

    pub(super) fn unread(&mut self, file: &str, error: Diagnostic) {
        self.unread.push(Unread::new(file, error));
    }

    /// Takes over what another run found in the files behind.
    pub(super) fn absorb(&mut self, other: Linted) {
        let LintCounts { files, certificates, errors, warnings, notes, known } = other.counts;
        self.counts.files += files;
        self.counts.certificates += certificates;
        self.counts.errors += errors;
        self.counts.warnings += warnings;
        self.counts.notes += notes;
        self.counts.known += known;
        if other.verdict == LintVerdict::Fail {
            self.verdict = LintVerdict::Fail;
        }
        self.is_failed |= other.is_failed;
        self.files.extend(other.files);
        self.waived.extend(other.waived);
        self.unread.extend(other.unread);
        self.mended.extend(other.mended);
        self.unmended.extend(other.unmended);
    }

    pub(super) fn add(
        &mut self,
        bundle: &Bundle<'_>,
        report: Report,
        question: &Question,
        accepted: &Accepted,
        excerpts: &Excerpts<'_>,
    ) {
        let Report { file, findings, outcomes, .. } = report;
        let Sifted { counting, waived, known } = accepted.sift(findings, &file);
        self.waived.extend(waived);
        self.counts.known += known;
        self.is_failed |= counting.iter().any(|(finding, _)| self.fails(finding.severity));
        let accepted = !counting.iter().any(|(finding, _)| finding.decides);
        let verdict = if accepted { LintVerdict::Pass } else { LintVerdict::Fail };
        if verdict == LintVerdict::Fail {
            self.verdict = LintVerdict::Fail;
        }
        self.count(bundle, &counting);
        let mut not_checkable = BTreeMap::new();
        let mut passed = 0;
        for (rule, outcome) in &outcomes {
            match outcome {
                RuleOutcome::NotCheckable(missing) => drop(not_checkable.insert(rule.id, *missing)),
                RuleOutcome::Passed => passed += 1,
                RuleOutcome::NotApplicable | RuleOutcome::Found(_) => {}
            }
        }
        self.files.push(FileReport {
            form: bundle.items.form.to_string(),
            ruleset: question.ruleset.name.clone(),
            verdict,
            certificates: bundle.members.iter().map(|member| listed(member, question.at)).collect(),
            chain: path(bundle),
            findings: counting
                .into_iter()
                .map(|(finding, fingerprint)| told(finding, fingerprint, &file, excerpts))
                .collect(),
            not_checkable,
            passed,
            file,
        });
    }

    fn count(&mut self, bundle: &Bundle<'_>, findings: &[(Finding, String)]) {
        self.counts.files += 1;
        self.counts.certificates += bundle.members.len();
        for (finding, _) in findings {
            match finding.severity {
                Severity::Error => self.counts.errors += 1,
                Severity::Warning => self.counts.warnings += 1,
                Severity::Note => self.counts.notes += 1,
            }
        }
    }
}

fn listed(member: &Member, now: Moment) -> Listed {
    Listed {
        index: member.index,
        name: member.name().to_owned(),
        standing: match member.standing {
            Standing::Leaf => "leaf",
            Standing::Intermediate => "intermediate",
            Standing::Root => "root",
            Standing::Alternative => "on another path",
            Standing::OtherLeaf => "another leaf",
            Standing::Stranger => "unrelated",
        },
        place: member.found.place.clone(),
        until: date_and_distance(member.found.certificate.not_after(), now),
    }
}

/// The path by the numbers of its first copies.
fn path(bundle: &Bundle<'_>) -> Vec<usize> {
    let Ok(chain) = &bundle.chain else { return Vec::new() };
    chain.path().filter_map(|found| bundle.member(&found.certificate)).map(|member| member.index).collect()
}

fn told(finding: Finding, fingerprint: String, file: &str, excerpts: &Excerpts<'_>) -> Told {
    let excerpt = excerpts.at(&finding);
    Told {
        rule: finding.rule,
        severity: finding.severity,
        message: finding.message,
        file: file.to_owned(),
        place: finding.place,
        certificate: finding.certificate,
        related: finding.related,
        facts: finding.facts,
        help: finding.help,
        fixable: finding.fixable,
        fingerprint,
        excerpt,
    }
}
