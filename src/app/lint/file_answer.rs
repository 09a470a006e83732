//! What is told of one file.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::findings::{Report, RuleOutcome};
use crate::inspect::question::{Question, Store};
use crate::inspect::rules::mail::coverage::coverage;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{PlaceNote, Severity};
use crate::model::finding::{Finding, Subject};
use crate::model::moment::{Moment, date_and_distance};
use crate::model::place::Place;
use crate::trust::link::Link;

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
    /// What stands above the last certificate of the chain, for people.
    #[serde(skip)]
    pub above: Option<Above>,
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

/// Who certifies the end of a chain and is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Above {
    Trusted {
        name: String,
        store: String,
    },
    Missing {
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
        let told = |(finding, fingerprint)| told(finding, fingerprint, &file, source);
        let (bundle, question) = (source.bundle, source.question);
        self.report = Some(FileReport {
            form: bundle.items.form.to_string(),
            ruleset: question.ruleset.name.clone(),
            verdict: if fails { LintVerdict::Fail } else { LintVerdict::Pass },
            certificates: certificates(bundle, question.at),
            chain: path(bundle),
            fetched: self.fetched.clone(),
            exchangers: exchangers(bundle, question),
            findings: counting.into_iter().map(told).collect(),
            not_checkable,
            passed,
            above: above(bundle, question),
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
    bundle.members.iter().map(|member| listed(member, copies.get(&member.index).copied(), now)).collect()
}

fn listed(member: &Member, copy_of: Option<usize>, now: Moment) -> Listed {
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
        copy_of,
        until: date_and_distance(member.found.certificate.not_after(), now),
        is_valid: member.found.certificate.is_valid_at(now),
    }
}

/// The anchor, when a path leads to one from the chain as it stands in the file; else the issuer that nobody has.
fn above(bundle: &Bundle<'_>, question: &Question) -> Option<Above> {
    let chain = bundle.chain.as_ref().ok()?;
    let in_file: Vec<&[u8]> = chain.path().map(|found| found.certificate.der()).collect();
    let paths = bundle.verdict.iter().flat_map(|verdict| &verdict.paths).filter(|path| path.anchored);
    let mut ends = paths.filter_map(|path| path.links.split_last());
    let anchor = ends.find(|(_, below)| below.iter().map(Link::der).eq(in_file.iter().copied()));
    if let Some((anchor, _)) = anchor {
        let is_in_store = |store: &&Store| store.anchors.iter().any(|link| link.der() == anchor.der());
        let store = question.stores.iter().find(is_in_store)?.label.clone();
        let name = Certificate::from_der(anchor.der()).ok()?.display_name().to_owned();
        return Some(Above::Trusted { name, store });
    }
    let name = &chain.missing_issuer.as_ref()?.name;
    let name = name.short().to_owned();
    Some(if question.stores.is_empty() { Above::Unjudged { name } } else { Above::Missing { name } })
}

/// The path by the numbers of its first copies.
fn path(bundle: &Bundle<'_>) -> Vec<usize> {
    let Ok(chain) = &bundle.chain else { return Vec::new() };
    chain.path().filter_map(|found| bundle.member(&found.certificate)).map(|member| member.index).collect()
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
