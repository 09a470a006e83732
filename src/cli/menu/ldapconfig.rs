//! `sealpost ldapconfig`: the directory, and the certificate that it is shown.

use clap::Args;

use crate::app::settings::{self, Setting};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::certificate;
use super::dialogue::{self, Dialogue, Stopped};

pub const COMMAND: Command = Command::of::<LdapConfig>(
    &["ldapconfig"],
    "the directory by question and answer, as on the appliance",
    "Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation drops it.

Examples:
  sealpost ldapconfig",
);

#[derive(Args)]
pub struct LdapConfig {}

impl Verb for LdapConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        settings::list(&session.context(), Some("ldap"))?;
        dialogue::hold(session, "sealpost setting list ldap", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] = &[
    ("EDIT", "Set the server configuration."),
    ("DELETE", "Remove the server configuration."),
    ("SETUP", "Choose the client certificate for LDAP traffic."),
];
const TLS: [(&str, &str); 3] = [("no", "No"), ("starttls", "STARTTLS"), ("implicit", "TLS from the start (LDAPS)")];

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let host = dialogue.setting("ldap.host")?;
    dialogue.ask.gap()?;
    if host.is_empty() {
        return Ok(dialogue.ask.say("No LDAP server is configured.")?);
    }
    let (base, tls) = (dialogue.setting("ldap.base")?, dialogue.setting("ldap.tls")?);
    Ok(dialogue.ask.say(&format!("LDAP server: {host} (base {base}, TLS {tls})"))?)
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    match operation {
        "EDIT" => edit(dialogue),
        "SETUP" if dialogue.setting("ldap.host")?.is_empty() => {
            Ok(dialogue.ask.say("Set the server configuration first.")?)
        }
        "SETUP" => certificate::choose(dialogue, "ldap", false),
        _ => {
            if !dialogue.ask_again("Are you sure you want to remove the server configuration?", false)? {
                return Ok(());
            }
            let done = settings::set(&dialogue.context(), &Default::default(), &Setting::unset("ldap")?)?;
            Ok(dialogue.tell(Ok(done))?)
        }
    }
}

fn edit(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let current = dialogue.setting("ldap.host")?;
    let host = dialogue.text("Please enter the hostname of the LDAP server:", &current)?;
    let current = dialogue.setting("ldap.tls")?;
    let default = TLS.iter().position(|(word, _)| *word == current).unwrap_or(1);
    dialogue.ask.gap()?;
    let lines = TLS.map(|(_, line)| line.to_owned());
    let (tls, _) = TLS[dialogue.ask.choice("Use TLS to connect to the LDAP server?", &lines, default)?];
    let current = dialogue.setting("ldap.port")?;
    let usual = if tls == "implicit" { "636" } else { "389" };
    let default = if current.is_empty() { usual } else { &current };
    let port = dialogue.port("Please enter the port number:", default)?;
    let current = dialogue.setting("ldap.base")?;
    let base = dialogue.text("Please enter the base (Ex: dc=example,dc=com):", &current)?;
    let set = |value: &str| Change::Set(vec![value.to_owned()]);
    let port = if port == usual { Change::Unset } else { set(&port) };
    let wanted =
        vec![("ldap.host", set(&host)), ("ldap.tls", set(tls)), ("ldap.port", port), ("ldap.base", set(&base))];
    dialogue.set_settings(wanted)
}
