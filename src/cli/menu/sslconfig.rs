//! `sealpost sslconfig`: protocol versions and cipher suites of each kind of service.

use clap::Args;

use crate::app::settings;
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};
use super::keyed::listed;

pub const COMMAND: Command = Command::of::<SslConfig>(
    &["sslconfig"],
    "versions and ciphers of TLS by question and answer, as on the appliance",
    "Older versions than TLS 1.2 do not exist here. Each finished operation is staged; `sealpost change commit` makes it live. The end of the
input inside an operation drops it.

Examples:
  sealpost sslconfig",
);

#[derive(Args)]
pub struct SslConfig {}

impl Verb for SslConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        settings::list(&session.context(), Some("tls"))?;
        dialogue::hold(session, "sealpost setting list tls", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] = &[
    ("GUI", "Edit GUI HTTPS ssl settings."),
    ("INBOUND", "Edit Inbound SMTP ssl settings."),
    ("OUTBOUND", "Edit Outbound SMTP ssl settings."),
];
const SERVICES: [(&str, &str, &str); 3] = [
    ("GUI", "GUI HTTPS", "tls.https"),
    ("INBOUND", "Inbound SMTP", "tls.inbound"),
    ("OUTBOUND", "Outbound SMTP", "tls.outbound"),
];
const VERSIONS: [(&str, &[&str]); 3] =
    [("TLS 1.2 and TLS 1.3", &["1.2", "1.3"]), ("TLS 1.3 only", &["1.3"]), ("TLS 1.2 only", &["1.2"])];
const ALL: &str = "ALL";

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    dialogue.ask.gap()?;
    dialogue.ask.say("sslconfig settings:")?;
    for (_, name, table) in SERVICES {
        let (versions, ciphers) = current(dialogue, table)?;
        dialogue.ask.say(&format!("  {name} method:  TLS {}", versions.join(", ")))?;
        dialogue.ask.say(&format!("  {name} ciphers: {ciphers}"))?;
    }
    Ok(())
}

fn current(dialogue: &Dialogue<'_>, table: &str) -> Result<(Vec<String>, String), Diagnostics> {
    let versions = settings::show(&dialogue.context(), &format!("{table}.versions"))?.answer.value;
    let ciphers = settings::show(&dialogue.context(), &format!("{table}.ciphers"))?.answer;
    Ok((versions, if ciphers.is_set { ciphers.value.join(", ") } else { ALL.to_owned() }))
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    let found = SERVICES.iter().find(|(word, _, _)| *word == operation);
    let Some((_, name, table)) = found else { return Err(Stopped::Nothing) };
    let (versions, ciphers) = current(dialogue, table)?;
    let lines = VERSIONS.map(|(line, _)| line.to_owned());
    let default = VERSIONS.iter().position(|(_, list)| versions == *list).unwrap_or(0);
    dialogue.ask.gap()?;
    let question = format!("Enter the {name} ssl method you want to use.");
    let (_, chosen) = VERSIONS[dialogue.ask.choice(&question, &lines, default)?];
    let question = format!("Enter the {name} ssl ciphers you want to use, separated by commas (ALL for every one).");
    let answer = dialogue.text(&question, &ciphers)?;
    let wanted = match answer.eq_ignore_ascii_case(ALL) {
        true => Change::Unset,
        false => Change::Set(listed(&answer)),
    };
    let versions = Change::Set(chosen.iter().map(|version| (*version).to_owned()).collect());
    let (versions_key, ciphers_key) = (format!("{table}.versions"), format!("{table}.ciphers"));
    dialogue.set_settings(vec![(&versions_key, versions), (&ciphers_key, wanted)])
}
