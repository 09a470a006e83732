//! `sealpost lint FILE…`.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};

use crate::app::lint::{DEFAULT_RULESET, LintOrder, Linted, lint};
use crate::app::lint_batch;
use crate::app::mend::{Fix, FixTarget};
use crate::app::rulesets::ruleset;
use crate::app::verify_materials::TrustSource;
use crate::inspect::question::Question;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::host_name::HostName;
use crate::model::moment::Moment;
use crate::model::shell_word::shell_word;
use crate::render::answer::{Answer, Exit, Report};
use crate::render::json;
use crate::render::lint::Manner;
use crate::sys::folder;
use crate::trust::reference::Reference;

use super::batch::answer_lines;
use super::command::Command;
use super::entry_args::EntryArgs;
use super::lint_told::LintTold;
use super::network_args::NetworkArgs;
use super::passwords::PasswordArgs;
use super::session::Session;
use super::verify::moment_of;

pub const COMMAND: Command = Command {
    path: &["lint"],
    alias: None,
    about: "say everything that is wrong with files of certificates",
    arguments: Lint::augment_args,
    run,
    schema: || (Linted::SCHEMA, json::answer_schema::<Linted>()),
    details: "Every defect, where it stands, what it means for real programs, and what to do. A block that cannot be read is an error, never
skipped. In a directory and those in it, the files with the endings pem, crt, cer, der, p7b, p7c, p12, pfx and jks are read.

--fix writes the leaf, then each issuer, without copies, strangers and other leaves, in the form every program reads; the report of
what remains goes to standard error. A key stays as it is. What cannot be mended with certainty is left as it is, and told.

Exit status 0: nothing at or above --fail-on; 1: findings; 2: some file could not be read (or mended) at all, the others were.

A file .sealpost-lint.toml in the folder of a file, or above it, says what the command line leaves open: ruleset, trust, hostname, and
a table [severity] of rules.

The network is used by --mx and --fetch-issuers only. --mx looks names up and connects to nobody. --fetch-issuers takes at most
64 KiB from each URL, four issuers above each other, within 10 seconds for one chain; it follows no redirects, goes to addresses of
the public internet only, says what came from where, and trusts nothing of it.

--batch reads one case a line as JSON (id, and der in base64 or pem) and writes one answer a line (id, rules).

Examples:
  sealpost lint fullchain.pem --hostname mx1.example.com
  sealpost lint fullchain.pem --key mail.key --ruleset smtp-server --trust system --trust own=ca.pem
  sealpost lint --fix broken.pem > mended.pem
  sealpost lint --fix fullchain.pem --pool intermediates/ --in-place --diff
  sealpost lint --fix fullchain.pem --fetch-issuers > mended.pem
  sealpost lint fullchain.pem --mx example.com --ruleset smtp-server
  sealpost lint /etc/ssl/mail --fail-on warning --severity cert/expires-soon=error --format json",
};

#[derive(Args)]
pub struct Lint {
    /// Files and directories (`-` = standard input)
    #[arg(required_unless_present = "batch", value_name = "FILE")]
    files: Vec<String>,

    /// A name the leaf must cover
    #[arg(long, visible_alias = "name", value_name = "NAME")]
    hostname: Vec<Reference>,

    /// The key that must belong to the leaf
    #[arg(long, value_name = "FILE")]
    key: Option<String>,

    #[command(flatten)]
    entry: EntryArgs,

    /// Trust anchors: a file, the system's list (when nothing is said), or none
    #[arg(long, value_name = "[LABEL=]FILE|system|none")]
    trust: Vec<TrustSource>,

    /// Certificates that may complete a chain: a file or a folder
    #[arg(long, visible_alias = "intermediates", value_name = "FILE|DIR")]
    pool: Vec<String>,

    /// Revocation lists
    #[arg(long, value_name = "FILE")]
    crl: Vec<String>,

    /// TLSA records the server must fit: a zone file, or what dig prints
    #[arg(long, value_name = "FILE")]
    tlsa: Option<String>,

    /// MTA-STS policy whose mail exchangers the leaf must cover
    #[arg(long, value_name = "FILE")]
    mta_sts: Option<String>,

    /// A mail domain: DNS is asked for its MX hosts, whose names the leaf must cover (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    mx: Vec<HostName>,

    /// The moment of the inspection; now without it
    #[arg(long, value_name = "RFC3339", value_parser = moment_of)]
    at: Option<Moment>,

    /// public-tls (when nothing is said), rfc5280, private-ca, smtp-server, smtp-client, https, dane-ee, dane-ta, fortimail, imss, or a file
    #[arg(long, value_name = "NAME|FILE")]
    ruleset: Option<String>,

    /// Judge a rule otherwise: off, note, warning or error
    #[arg(long, value_name = "RULE=LEVEL")]
    severity: Vec<String>,

    /// The least severe finding that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "error")]
    fail_on: FailOn,

    /// Findings that are let pass: [[waiver]] with rule, file or sha256, reason, until
    #[arg(long, value_name = "FILE")]
    waivers: Option<String>,

    /// Findings of an earlier run, which are not told again
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,

    /// Write the findings of this run as a baseline; the answer is then yes
    #[arg(long, value_name = "FILE", conflicts_with = "fix")]
    write_baseline: Option<String>,

    /// Larger files are not read
    #[arg(long, value_name = "N", default_value_t = 256 << 20)]
    max_bytes: u64,

    /// Mend order, copies, company and form, and with --pool or --fetch-issuers what is missing; the findings are then those that remain
    #[arg(long)]
    fix: bool,

    /// Print before and after instead of the mended file
    #[arg(long, requires = "fix")]
    diff: bool,

    /// Where the mended file goes; standard output without it
    #[arg(long, value_name = "FILE", requires = "fix", conflicts_with = "in_place")]
    out: Option<String>,

    /// Replace the file that was read, and keep its owner and mode
    #[arg(long, requires = "fix")]
    in_place: bool,

    /// Replace the file of --out if it exists
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    network: NetworkArgs,

    #[command(flatten)]
    passwords: PasswordArgs,

    /// Answer one JSON case a line
    #[arg(long, conflicts_with_all = ["files", "fix", "key", "trust", "pool", "crl", "tlsa", "mx", "fetch_issuers"])]
    batch: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
}

impl FailOn {
    fn severity(self) -> Severity {
        match self {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Note => Severity::Note,
        }
    }
}

fn run(matches: &ArgMatches, session: &mut Session) -> Exit {
    let result = match Lint::from_arg_matches(matches) {
        Ok(verb) if verb.batch => match verb.question(session) {
            Ok(question) => return batch(&question),
            Err(errors) => Err(errors),
        },
        Ok(verb) => verb.run(session, materials(matches)),
        Err(error) => return session.usage_error(&error),
    };
    match result {
        Ok(exit) => exit,
        Err(errors) => session.finish::<Linted>(Err(errors)),
    }
}

/// Options that say what files are held against, and so belong into every command that is proposed.
const MATERIALS: &[&str] = &[
    "hostname",
    "key",
    "entry",
    "trust",
    "pool",
    "crl",
    "tlsa",
    "mta_sts",
    "mx",
    "dns",
    "at",
    "ruleset",
    "severity",
    "waivers",
    "baseline",
    "password_file",
    "password_env",
];

/// Those that take no value.
const SWITCHES: &[&str] = &["fetch_issuers", "fetch_private"];

/// They as they were typed, each after a space.
fn materials(matches: &ArgMatches) -> String {
    let typed = |id: &&&str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let mut words = String::new();
    for id in MATERIALS.iter().filter(typed) {
        for value in matches.get_raw(id).into_iter().flatten() {
            words.push_str(&format!(" --{} {}", id.replace('_', "-"), shell_word(&value.to_string_lossy())));
        }
    }
    for id in SWITCHES.iter().filter(typed) {
        words.push_str(&format!(" --{}", id.replace('_', "-")));
    }
    words
}

/// One file goes into a new one; of more, the difference is looked at first.
fn mending(order: &LintOrder) -> Option<String> {
    if order.fix.is_some() || order.write_baseline.is_some() || order.files.iter().any(|file| file == "-") {
        return None;
    }
    match order.files.as_slice() {
        [file] if !folder::is_folder(file) => order.mending(file),
        _ => Some(format!("sealpost lint --fix --diff {}", again(order))),
    }
}

/// The files and what they are held against.
fn again(order: &LintOrder) -> String {
    let files: Vec<String> = order.files.iter().map(|file| shell_word(file)).collect();
    files.join(" ") + &order.materials
}

fn batch(question: &Question) -> Exit {
    answer_lines(|line| {
        let findings = lint_batch::answer(line, question);
        let exit = match (&findings.error, findings.rules.is_empty()) {
            (Some(_), _) => Exit::Failed,
            (None, false) => Exit::No,
            (None, true) => Exit::Done,
        };
        (json::compact(&findings), exit)
    })
}

impl Lint {
    fn wanted_fix(&self, session: &Session) -> Option<Fix> {
        let target = match &self.out {
            _ if self.in_place => FixTarget::InPlace,
            Some(path) if path != "-" => FixTarget::File { path: path.clone(), force: self.force },
            _ => FixTarget::Output,
        };
        self.fix.then_some(Fix { target, difference: self.diff, answer: session.fix_answer() })
    }

    /// Files are told while others are still looked at.
    fn run(self, session: &Session, materials: String) -> Result<Exit, Diagnostics> {
        if self.key.is_none() && self.entry.is_given() {
            let error = Diagnostic::error("lint/entry", "--entry chooses among the keys of --key, which is not there");
            return Err(error.help("--key FILE --entry NAME").into());
        }
        let mut secrets = self.passwords.secrets(session, &self.files)?;
        let fix = self.wanted_fix(session);
        let order = LintOrder {
            files: self.files,
            names: self.hostname,
            trust: self.trust,
            pool: self.pool,
            crls: self.crl,
            key: self.key,
            entry: self.entry.choice(),
            tlsa: self.tlsa,
            at: self.at.unwrap_or(session.context().now),
            mta_sts: self.mta_sts,
            mx: self.mx,
            fetch: self.network.fetch(),
            dns: self.network.dns,
            ruleset: self.ruleset,
            severities: self.severity,
            waivers: self.waivers,
            baseline: self.baseline,
            write_baseline: self.write_baseline,
            fail_on: self.fail_on.severity(),
            max_bytes: self.max_bytes,
            fix,
            marks: session.report_form() == Some(Report::Sarif),
            materials,
        };
        let manner = Manner {
            fail_on: order.fail_on,
            is_brief: session.is_quiet(),
            is_fix: order.fix.is_some(),
            again: format!("sealpost lint {}", again(&order)),
            mending: mending(&order),
            materials: order.materials.clone(),
        };
        let mut told = LintTold::new(session, manner);
        let reply = lint(&order, &mut secrets, &mut told)?;
        Ok(told.end(&reply))
    }

    /// What a batch holds every certificate against: the rules alone, without trust.
    fn question(&self, session: &Session) -> Result<Question, Diagnostics> {
        let at = self.at.unwrap_or(session.context().now);
        let question = Question::new(at, ruleset(self.ruleset.as_deref().unwrap_or(DEFAULT_RULESET), &self.severity)?);
        Ok(Question { names: self.hostname.clone(), ..question })
    }
}
