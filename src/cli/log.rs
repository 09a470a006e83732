//! `sealpost log`.

use clap::{ArgGroup, Args};

use crate::app::log::{LogOrder, LogQuestion, Logged, log};
use crate::app::log_window::{End, moment_of};
use crate::deliver::numbers::{Dcid, Icid, Mid};
use crate::deliver::tracking::{Question, Window};
use crate::model::configuration::DomainKey;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::Moment;
use crate::sys::time_zone::TimeZone;

use super::command::{Command, Verb};
use super::session::Session;

pub const COMMAND: Command = Command::of::<Log>(
    &["log"],
    "what happened to a message, and did it travel over TLS",
    "It reads log/mail.log of the home and the files that were put aside from it, oldest first, and joins the lines of a message: the
connection it came on, the transaction, every attempt at every host, and the end. No engine needs to run. Times are local, as in the log;
with --format json they are UTC.

--failed tells what went wrong, grouped by destination and cause: TLS that was not reached, handshakes of clients that failed, mail that
was put off or given up.

Lines that are cut, or that another program wrote, are skipped and counted.

Exit status 0: found, or with --failed no failures; 1: not found, or failures; 2: the log could not be read.

Examples:
  sealpost log --mid 179701982
  sealpost log --domain example.com --since 2d
  sealpost log --failed --since 24h
  sealpost log --failed --domain example.com --format json
  zcat mail.log.*.gz | sealpost log --file - --dcid 41014367",
);

#[derive(Args)]
#[command(group(ArgGroup::new("question").args(["mid", "icid", "dcid", "domain", "failed"]).required(true).multiple(true)))]
pub struct Log {
    /// A message
    #[arg(long, value_name = "N", conflicts_with_all = ["icid", "dcid", "domain", "failed"])]
    mid: Option<Mid>,

    /// An incoming connection, and the messages that came on it
    #[arg(long, value_name = "N", conflicts_with_all = ["dcid", "domain", "failed"])]
    icid: Option<Icid>,

    /// A delivery connection, and the messages that went over it
    #[arg(long, value_name = "N", conflicts_with_all = ["domain", "failed"])]
    dcid: Option<Dcid>,

    /// Messages from or to a domain; with a dot in front, the domains below it
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,

    /// What went wrong; with --domain, on the way there
    #[arg(long)]
    failed: bool,

    /// What happened since: a time, a day, or 2h, 3d (ago)
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    /// What happened until
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,

    /// Tell this many messages at most, the newest
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,

    /// Read this file in place of the home's log, as text or JSON (repeatable, the oldest first; `-` = standard input)
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<String>,
}

impl Verb for Log {
    type Answer = Logged;

    fn run(self, session: &mut Session) -> Result<Reply<Logged>, Diagnostics> {
        let context = session.context();
        let window = Window {
            since: asked(self.since.as_deref(), End::Since, context.now)?,
            until: asked(self.until.as_deref(), End::Until, context.now)?,
        };
        let domain = self.domain.as_deref().map(domain).transpose()?;
        let question = match (self.mid, self.icid, self.dcid, domain) {
            (Some(mid), ..) => LogQuestion::One(Question::Message(mid)),
            (_, Some(icid), ..) => LogQuestion::One(Question::Incoming(icid)),
            (_, _, Some(dcid), _) => LogQuestion::One(Question::Outgoing(dcid)),
            (.., Some(domain)) if !self.failed => LogQuestion::One(Question::Domain(domain)),
            (.., domain) => LogQuestion::Failed(domain),
        };
        let limit = self.limit as usize;
        log(&context, &LogOrder { question, window, limit, files: self.files })
    }
}

fn asked(text: Option<&str>, end: End, now: Moment) -> Result<Option<Moment>, Diagnostics> {
    let Some(text) = text else { return Ok(None) };
    let moment = moment_of(text, end, now, &TimeZone::of_machine());
    moment.map(Some).ok_or_else(|| {
        Diagnostic::error("log/when", format!("`{text}` is no time"))
            .fact("times look like 2026-03-06, \"2026-03-06 09:05\", 2026-03-06T09:05:00Z, 90m, 2h, 3d")
            .help("sealpost log --failed --since 24h")
            .into()
    })
}

/// A domain as addresses have it: A-labels in lower case.
fn domain(text: &str) -> Result<String, Diagnostics> {
    if text.starts_with('[') {
        return Ok(text.to_lowercase());
    }
    let key: Result<DomainKey, _> = text.parse();
    key.map(|key| key.to_string()).map_err(|_| {
        Diagnostic::error("log/domain", format!("`{text}` is no domain"))
            .help("sealpost log --domain example.com, or .example.com for the domains below it")
            .into()
    })
}
