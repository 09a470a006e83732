//! What is told of one file.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::findings::{Report, RuleOutcome};
use crate::inspect::gap;
use crate::inspect::question::{Question, Store};
use crate::inspect::rules::Rule;
use crate::inspect::rules::mail::coverage::coverage;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{PlaceNote, Severity};
use crate::model::finding::{Finding, Subject};
use crate::model::moment::{Moment, date_and_distance};
use crate::model::place::Place;
use crate::trust::reason::Reason;

use super::super::issuer_fetching::FetchTold;
use super::super::mend::MendedFile;
use super::accepting::{Accepted, Sifted};
use super::answer::{LintVerdict, Unread, Waived};
use super::excerpt::{Excerpt, Excerpts};
use super::fixes::{Fixes, ProposedFix};
use super::regions::Region;

/// Everything that came of one file.
#[derive(Debug, Default)]
pub struct FileAnswer {
    /// `None` when it could not be read.
    pub report: Option<FileReport>,
    /// With --fix, what was done.
    pub mended: Option<MendedFile>,
    /// Where missing issuers were looked for; it goes into the report.
    pub fetched: Vec<FetchTold>,
    pub unread: Vec<Unread>,
    pub unmended: Vec<Unread>,
    pub waived: Vec<Waived>,
    /// Findings that the baseline knows.
    pub known: usize,
}

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileReport {
    /// As it was named. With --fix: the file that the mended chain was written to, or `FILE (mended)` when that went to standard
    /// output; lines and offsets are those of the mended chain.
    pub file: String,
    pub form: String,
    pub ruleset: String,
    pub verdict: LintVerdict,
    /// Every certificate in the order found.
    pub certificates: Vec<Listed>,
    /// Numbers of the certificates in the order in which a server should send them; the root, if there, last.
    pub chain: Vec<usize>,
    /// With --fetch-issuers: where missing issuers were looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fetched: Vec<FetchTold>,
    /// With --mx or --mta-sts: mail exchangers, and the names that cover them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exchangers: Vec<ExchangerView>,
    pub findings: Vec<Told>,
    /// Rules that apply and could not be checked, and what was missing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_checkable: BTreeMap<&'static str, &'static str>,
    /// Rules that were checked and found nothing.
    pub passed: usize,
    /// The path from the leaf upwards, with what is not in the file, for people.
    #[serde(skip)]
    pub path: Vec<PathStep>,
    /// It passes, and nobody who verifies will trust it, for people.
    #[serde(skip)]
    pub is_distrusted: bool,
}

/// A mail exchanger that senders look for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExchangerView {
    /// A host name, or a pattern of an MTA-STS policy.
    pub host: String,
    /// The name in the certificate that covers it, after `SAN` or `CN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered_by: Option<String>,
}

/// A step of the path upwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// A certificate of the file, by its number.
    Listed(usize),
    Elsewhere(Elsewhere),
}

impl PathStep {
    fn number(&self) -> Option<usize> {
        match self {
            PathStep::Listed(number) => Some(*number),
            PathStep::Elsewhere(_) => None,
        }
    }
}

/// A certificate of the path that is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    Trusted {
        name: String,
        store: String,
    },
    /// It was given with `--pool`, or fetched from the URL.
    AtHand {
        name: String,
        url: Option<String>,
    },
    /// An intermediate that nobody has.
    Missing {
        name: String,
    },
    /// The issuer of the last authority, taken for a root.
    UnknownRoot {
        name: String,
    },
    /// Without trust anchors nobody can tell whether it is wanted.
    Unjudged {
        name: String,
    },
}

/// A certificate of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    pub index: usize,
    pub name: String,
    /// `leaf`, `intermediate`, `root` …
    pub standing: &'static str,
    pub place: Place,
    /// The first one, where this one is its copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<usize>,
    /// Why nobody here can tell whether its issuer signed it; names and key identifiers say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchecked: Option<String>,
    /// With its distance, for people.
    #[serde(skip)]
    pub until: String,
    #[serde(skip)]
    pub is_valid: bool,
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
    /// It makes the verdict `fail`, whatever its severity.
    pub decides: bool,
    /// The same from run to run, whatever the line and the day; a baseline goes by it.
    pub fingerprint: String,
    /// The line of the file, where it tells something and holds no secret.
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
    /// For editors and code hosts, when they are asked for.
    #[serde(skip)]
    pub marks: Marks,
}

impl Told {
    /// The line in the file at hand; a key that does not fit stands in another.
    pub fn line(&self) -> Option<usize> {
        self.place.line.filter(|_| self.place.file == self.file)
    }
}

/// What an editor underlines, and what it offers to do.
#[derive(Debug, Default)]
pub struct Marks {
    pub region: Option<Region>,
    /// One for each of `Told::related`.
    pub related: Vec<Option<Region>>,
    pub fix: Option<ProposedFix>,
}

/// What a report on a file is made from.
pub(super) struct Source<'a> {
    /// The name that waivers and baselines know the file by.
    pub known_as: &'a str,
    pub bundle: &'a Bundle<'a>,
    pub question: &'a Question,
    pub accepted: &'a Accepted,
    /// Findings of this severity and worse make the verdict no.
    pub fail_on: Severity,
    pub excerpts: Excerpts<'a>,
    pub fixes: Option<Fixes<'a>>,
    /// The command that mends the file.
    pub mending: Option<String>,
}

impl FileAnswer {
    pub(super) fn add(&mut self, report: Report, source: &Source<'_>) {
        let Report { file, findings, outcomes, .. } = report;
        let Sifted { counting, waived, known } = source.accepted.sift(findings, source.known_as);
        self.waived.extend(waived);
        self.known += known;
        // `Severity` is ordered from bad to mild.
        let fails = counting.iter().any(|(finding, _)| finding.is_failing() || finding.severity <= source.fail_on);
        let mut not_checkable = BTreeMap::new();
        let mut passed = 0;
        for (rule, outcome) in &outcomes {
            match outcome {
                RuleOutcome::NotCheckable(missing) => drop(not_checkable.insert(rule.id, *missing)),
                RuleOutcome::Passed => passed += 1,
                RuleOutcome::NotApplicable | RuleOutcome::Found(_) => {}
            }
        }
        let found = |(rule, outcome): &(&Rule, RuleOutcome)| {
            rule.id == UNKNOWN_ROOT && matches!(outcome, RuleOutcome::Found(_))
        };
        let path = steps(source.bundle, source.question, outcomes.iter().any(found));
        let is_distrusted = !fails && is_distrusted(&counting);
        let told = |(finding, fingerprint)| told(finding, fingerprint, &file, source);
        let (bundle, question) = (source.bundle, source.question);
        self.report = Some(FileReport {
            form: bundle.items.form.to_string(),
            ruleset: question.ruleset.name.clone(),
            verdict: if fails { LintVerdict::Fail } else { LintVerdict::Pass },
            certificates: certificates(bundle, question.at),
            chain: path.iter().filter_map(PathStep::number).collect(),
            fetched: self.fetched.clone(),
            exchangers: exchangers(bundle, question),
            findings: counting.into_iter().map(told).collect(),
            not_checkable,
            passed,
            path,
            is_distrusted,
            file,
        });
    }
}

fn exchangers(bundle: &Bundle<'_>, question: &Question) -> Vec<ExchangerView> {
    let coverage = coverage(bundle, question).unwrap_or_default().into_iter();
    coverage.map(|coverage| ExchangerView { host: coverage.host, covered_by: coverage.by }).collect()
}

fn certificates(bundle: &Bundle<'_>, now: Moment) -> Vec<Listed> {
    let copies: HashMap<usize, usize> = bundle.repeats().map(|(copy, first)| (copy.index, first.index)).collect();
    let listed = |member: &Member| Listed {
        copy_of: copies.get(&member.index).copied(),
        unchecked: unchecked(bundle, member),
        ..listed(member, now)
    };
    bundle.members.iter().map(listed).collect()
}

/// Why its signature cannot be checked, as path validation has it.
fn unchecked(bundle: &Bundle<'_>, member: &Member) -> Option<String> {
    let der = member.found.certificate.der();
    let paths = bundle.verdict.iter().flat_map(|verdict| &verdict.paths);
    let mut faults = paths.flat_map(|path| path.faults.iter().map(|(depth, reason)| (path.links.get(*depth), reason)));
    faults.find_map(|(link, reason)| match (link, reason) {
        (Some(link), Reason::UncheckedSignature { obstacle }) if link.der() == der => Some(obstacle.to_string()),
        _ => None,
    })
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
        copy_of: None,
        unchecked: None,
        until: date_and_distance(member.found.certificate.not_after(), now),
        is_valid: member.found.certificate.is_valid_at(now),
    }
}

/// The best path, then whom it would have to lead to where it ends open.
fn steps(bundle: &Bundle<'_>, question: &Question, is_unknown_root: bool) -> Vec<PathStep> {
    let Some(best) = &bundle.best else { return Vec::new() };
    let step = |certificate: &Certificate| match bundle.member(certificate) {
        Some(member) => PathStep::Listed(member.index),
        None => PathStep::Elsewhere(elsewhere(certificate, question)),
    };
    let mut steps: Vec<PathStep> = best.certificates.iter().map(step).collect();
    if let Some(last) = best.certificates.last().filter(|_| !best.is_complete) {
        let name = last.issuer().short().to_owned();
        steps.push(PathStep::Elsewhere(match question.stores.is_empty() {
            true => Elsewhere::Unjudged { name },
            false if is_unknown_root => Elsewhere::UnknownRoot { name },
            false => Elsewhere::Missing { name },
        }));
        steps.extend(gap::kept_above(bundle, question).iter().map(step));
    }
    steps
}

fn elsewhere(certificate: &Certificate, question: &Question) -> Elsewhere {
    let name = certificate.display_name().to_owned();
    let has = |store: &&Store| store.anchors.iter().any(|anchor| anchor.der() == certificate.der());
    match question.stores.iter().find(has) {
        Some(store) => Elsewhere::Trusted { name, store: store.label.clone() },
        None => Elsewhere::AtHand { name, url: question.source(certificate.der()).map(str::to_owned) },
    }
}

const UNKNOWN_ROOT: &str = "chain/unknown-root";

/// Findings that leave the verdict as it is where nobody has to believe the chain.
const DISTRUST: &[&str] = &["chain/self-signed-leaf", "chain/untrusted-root", UNKNOWN_ROOT];

/// Whoever verifies refuses the chain, and the ruleset warns of that and no more. A note says that the ruleset's peers look at
/// something else.
fn is_distrusted(findings: &[(Finding, String)]) -> bool {
    findings.iter().any(|(finding, _)| finding.severity == Severity::Warning && DISTRUST.contains(&finding.rule))
}

fn told(finding: Finding, fingerprint: String, file: &str, source: &Source<'_>) -> Told {
    // What is missing has to come from somewhere.
    let can_be_had = finding.rule != "chain/missing-intermediate" || source.question.at_hand().next().is_some();
    let fixable = finding.fixable && can_be_had;
    Told {
        excerpt: source.excerpts.at(&finding),
        marks: source.fixes.as_ref().map(|fixes| fixes.marks(&finding)).unwrap_or_default(),
        rule: finding.rule,
        severity: finding.severity,
        message: finding.message,
        file: file.to_owned(),
        place: finding.place,
        certificate: finding.certificate,
        related: finding.related,
        facts: finding.facts,
        help: finding.help.or_else(|| source.mending.clone().filter(|_| fixable)),
        fixable,
        decides: finding.decides,
        fingerprint,
    }
}
