//! `lint`: everything that is wrong with some files, in one pass. A file that cannot be read never stops the others.
//!
//! ```text
//! names ──targets──▶ files ──settings, materials──▶ Question ──run──▶ inspecting ──▶ FileAnswer ──▶ Audience
//!                                                                                └────▶ Linted
//! ```

mod accepting;
mod answer;
mod baseline;
mod excerpt;
mod file_answer;
mod fixes;
mod inspecting;
mod mail_hosts;
mod materials;
mod regions;
mod run;
mod settings;
mod targets;
mod waivers;

pub use answer::{FileCount, LintCounts, LintVerdict, Linted, RuleCount, RuleLevel, Unread, Waived};
pub use excerpt::Excerpt;
pub use file_answer::{Elsewhere, ExchangerView, FileAnswer, FileReport, Listed, Marks, PathStep, Told};
pub use fixes::ProposedFix;
pub use regions::Region;

use accepting::Accepted;
use baseline::Baseline;
use run::Run;
use settings::Questions;

use std::net::SocketAddr;

use crate::model::diagnostic::{Diagnostics, Reply, Severity};
use crate::model::host_name::HostName;
use crate::model::moment::Moment;
use crate::model::shell_word::shell_word;
use crate::trust::reference::Reference;

use super::issuer_fetching::{FetchOrder, IssuerFetching};
use super::key_entry::Choice;
use super::mend::Fix;
use super::secrets::Secrets;
use super::verify_materials::TrustSource;

/// The ruleset of a run that names none.
pub const DEFAULT_RULESET: &str = "public-tls";

/// What is asked. What is empty or `None` here may come from a settings file (`settings`).
#[derive(Debug, Clone)]
pub struct LintOrder {
    /// Files and directories; `-` is standard input.
    pub files: Vec<String>,
    pub names: Vec<Reference>,
    pub trust: Vec<TrustSource>,
    pub pool: Vec<String>,
    pub crls: Vec<String>,
    /// A key that must belong to the leaf.
    pub key: Option<String>,
    /// Which key, where that file holds several.
    pub entry: Choice,
    /// Zone-file lines with TLSA records.
    pub tlsa: Option<String>,
    pub at: Moment,
    /// MTA-STS policy whose mail exchangers the leaf must cover.
    pub mta_sts: Option<String>,
    /// Domains whose mail exchangers the leaf must cover. With any, DNS is asked.
    pub mx: Vec<HostName>,
    /// DNS servers; the machine's without any.
    pub dns: Vec<SocketAddr>,
    /// Fetch what a chain lacks.
    pub fetch: Option<FetchOrder>,
    /// A built-in ruleset or a file.
    pub ruleset: Option<String>,
    /// `RULE=LEVEL`
    pub severities: Vec<String>,
    /// Findings that are let pass, with reasons.
    pub waivers: Option<String>,
    /// Findings that are known.
    pub baseline: Option<String>,
    /// Where the findings of this run are written as a baseline.
    pub write_baseline: Option<String>,
    /// Findings of this severity and worse make the answer no.
    pub fail_on: Severity,
    /// Larger files are not read.
    pub max_bytes: u64,
    /// Mend the files too; then what remains is told.
    pub fix: Option<Fix>,
    /// Tell where findings begin and end, and what would mend them, as editors want it.
    pub marks: bool,
    /// The options of all this as they were typed, each after a space, for commands that are proposed.
    pub materials: String,
}

impl LintOrder {
    /// The command that mends a file; `None` where that is being done.
    pub fn mending(&self, file: &str) -> Option<String> {
        let command = format!("sealpost lint --fix {}{} > mended.pem", shell_word(file), self.materials);
        self.fix.is_none().then_some(command)
    }
}

/// Whoever hears of the files while the run goes on.
pub trait Audience: Send {
    /// A file is done, in the order in which they were named: the `done`th of `of`.
    fn hear(&mut self, answer: &FileAnswer, done: usize, of: usize);
}

/// Inspects every file. What cannot be read of the files, or of what they are held against (trust, pool, key …), is told and stops
/// nothing; a mistake in settings, rulesets, waivers or baselines is an error before any file is looked at.
pub fn lint(
    order: &LintOrder,
    secrets: &mut (dyn Secrets + Send),
    audience: &mut dyn Audience,
) -> Result<Reply<Linted>, Diagnostics> {
    let accepted = Accepted::read(order.waivers.as_deref(), order.baseline.as_deref(), order.at)?;
    let mut baseline = order.write_baseline.as_deref().map(Baseline::begin).transpose()?;
    let mut linted = Linted::new(order);
    let files = targets::files(order, &mut linted);
    targets::one_target(order.fix.as_ref(), &files)?;
    let Reply { answer: mail_hosts, mut remarks } = mail_hosts::look_up(order)?;
    let Reply { answer: questions, remarks: more } = Questions::prepare(order, &mail_hosts, &files, secrets)?;
    remarks.extend(more);
    let fetching = order.fetch.as_ref().map(|fetch| IssuerFetching::new(fetch, questions.anchors())).transpose()?;
    let mut audience = Noting { audience, baseline: baseline.as_mut() };
    let run = Run { order, files: &files, questions: &questions, accepted: &accepted, fetching: fetching.as_ref() };
    run.start(secrets, &mut linted, &mut audience);
    linted.unread.extend(questions.unread.iter().cloned());
    remarks.extend(accepted.waivers.remarks());
    if let Some(baseline) = baseline {
        linted.is_failed = false;
        match baseline.write() {
            Ok(count) => linted.new_baseline = order.write_baseline.clone().map(|file| (file, count)),
            Err(error) => {
                linted.is_incomplete = true;
                remarks.push(error);
            }
        }
    }
    Ok(Reply::new(linted, remarks))
}

/// Notes every finding for the baseline before it is told.
struct Noting<'a> {
    audience: &'a mut dyn Audience,
    baseline: Option<&'a mut Baseline>,
}

impl Audience for Noting<'_> {
    fn hear(&mut self, answer: &FileAnswer, done: usize, of: usize) {
        if let (Some(baseline), Some(report)) = (&mut self.baseline, &answer.report) {
            baseline.note(report);
        }
        self.audience.hear(answer, done, of);
    }
}
