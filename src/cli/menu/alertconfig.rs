//! `sealpost alertconfig`: who is told when something needs a person.

use clap::Args;

use crate::app::settings;
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};

pub const COMMAND: Command = Command::of::<AlertConfig>(
    &["alertconfig"],
    "alerts by question and answer, as on the appliance",
    "Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation drops it.

Examples:
  sealpost alertconfig",
);

#[derive(Args)]
pub struct AlertConfig {}

impl Verb for AlertConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        settings::list(&session.context(), Some("alerts"))?;
        dialogue::hold(session, "sealpost setting list alerts", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] = &[
    ("NEW", "Add a new email address to send alerts."),
    ("DELETE", "Remove an email address."),
    ("CLEAR", "Remove all email addresses (disable alerts)."),
    ("SETUP", "Configure alert settings."),
    ("FROM", "Configure the From Address of alert emails."),
];
const TO: &str = "alerts.to";
const FROM: &str = "alerts.from";
const ALERT: &str = "alerts.tls-required";

fn addresses(dialogue: &Dialogue<'_>) -> Result<Vec<String>, Diagnostics> {
    Ok(settings::show(&dialogue.context(), TO)?.answer.value)
}

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let addresses = addresses(dialogue)?;
    match addresses.is_empty() {
        true => dialogue.numbered("Alerts are sent to nobody.", &[])?,
        false => dialogue.numbered("Sending alerts to:", &addresses)?,
    }
    Ok(())
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    match operation {
        "NEW" => {
            dialogue.ask.gap()?;
            let address = dialogue
                .required("Please enter a new email address to send alerts. (Ex: \"administrator@example.com\")")?;
            dialogue.set_settings(vec![(TO, Change::Add(vec![address]))])
        }
        "DELETE" => {
            let addresses = addresses(dialogue)?;
            let address = dialogue.pick("Enter the email address or its number you wish to delete:", &addresses)?;
            dialogue.set_settings(vec![(TO, Change::Remove(vec![address]))])
        }
        "CLEAR" => match dialogue.ask_again("Are you sure you want to remove all email addresses?", false)? {
            true => dialogue.set_settings(vec![(TO, Change::Unset)]),
            false => Ok(()),
        },
        "SETUP" => {
            let is_on = dialogue.setting(ALERT)? == "true";
            let question = "Do you want to send an alert when a required TLS connection fails?";
            let on = dialogue.ask_again(question, is_on)?;
            dialogue.set_settings(vec![(ALERT, Change::Set(vec![on.to_string()]))])
        }
        _ => {
            let current = dialogue.setting(FROM)?;
            let from = dialogue.text("Please enter the From address of alerts (AUTO for the usual one):", &current)?;
            let change = match from.is_empty() || from.eq_ignore_ascii_case("AUTO") {
                true => Change::Unset,
                false => Change::Set(vec![from]),
            };
            dialogue.set_settings(vec![(FROM, change)])
        }
    }
}
