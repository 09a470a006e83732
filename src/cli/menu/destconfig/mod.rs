//! `sealpost destconfig`: the appliance's dialogue about destination controls, in its words and its order.

mod default;
mod detail;
mod files;
mod limits;
mod remove;
mod row;
mod setup;

use clap::Args;

use crate::app::destination_list::{DestinationList, destination_list};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::DomainKey;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};
use super::prompter::NoAnswer;

pub const COMMAND: Command = Command::of::<DestConfig>(
    &["destconfig"],
    "destination controls by question and answer, as on the appliance",
    "Answers come from a terminal or from a pipe, one per line; an empty answer takes what stands in brackets, or goes up one
level. Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation
drops that operation. What the dialogue does not ask for is set with `sealpost destination set`.

Examples:
  sealpost destconfig
  sealpost destconfig < answers.txt",
);

#[derive(Args)]
pub struct DestConfig {}

impl Verb for DestConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        destination_list(&session.context())?;
        dialogue::hold(session, "sealpost destination --help", top)
    }
}

const TOP: &[(&str, &str)] = &[
    ("SETUP", "Change global settings."),
    ("NEW", "Create a new entry."),
    ("EDIT", "Modify an entry."),
    ("DELETE", "Remove an entry."),
    ("DEFAULT", "Change the default."),
    ("LIST", "Display a summary list of all entries."),
    ("DETAIL", "Display details for one destination or all entries."),
    ("CLEAR", "Remove all entries."),
    ("IMPORT", "Import tables from a file."),
    ("EXPORT", "Export tables to a file."),
];

fn top(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    while let Some(operation) = dialogue.ask.menu(TOP)? {
        dialogue.ask.gap()?;
        let done = match operation {
            "SETUP" => setup::hold(dialogue),
            "NEW" => row::new(dialogue),
            "EDIT" => row::edit(dialogue),
            "DELETE" => remove::one(dialogue),
            "DEFAULT" => default::hold(dialogue),
            "DETAIL" => detail::hold(dialogue),
            "CLEAR" => remove::all(dialogue),
            "IMPORT" => files::import(dialogue),
            "EXPORT" => files::export(dialogue),
            _ => list(dialogue),
        };
        match done {
            Ok(()) => {}
            Err(stopped) => dialogue.stop(stopped)?,
        }
    }
    Ok(())
}

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let list = destination_list(&dialogue.context())?;
    Ok(dialogue.tell(Ok(list))?)
}

fn rows(dialogue: &Dialogue<'_>) -> Result<DestinationList, Diagnostics> {
    Ok(destination_list(&dialogue.context())?.answer)
}

/// What stands under every operation that changed the table.
fn count(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let entries = rows(dialogue)?.entries;
    dialogue.ask.gap()?;
    Ok(dialogue.ask.say(&format!("There are currently {entries} entries configured."))?)
}

/// Asks for a domain, which must be one of the rows when `there` is set, and none of them otherwise.
fn domain(dialogue: &mut Dialogue<'_>, question: &str, there: bool) -> Result<String, Stopped> {
    let list = rows(dialogue)?;
    if there && list.rows.is_empty() {
        dialogue.ask.say("There is no entry but the default one.")?;
        return Err(Stopped::Nothing);
    }
    Ok(dialogue.ask.checked(question, "", |answer| {
        let key: DomainKey = match answer.parse() {
            _ if answer.is_empty() => return Err("An answer is needed here.".to_owned()),
            Ok(key) => key,
            Err(error) => return Err(said(error)),
        };
        let key = key.to_string();
        match (list.rows.iter().any(|row| row.domain == key), there) {
            (true, false) => Err(format!("There is an entry for {key} already; EDIT modifies it.")),
            (false, true) => Err(format!("There is no entry for {key}.")),
            _ => Ok(key),
        }
    })?)
}

fn said(mistake: crate::model::configuration::Mistake) -> String {
    match mistake.suggestion {
        Some(meant) => format!("{}. Did you mean {meant}?", mistake.message),
        None => format!("{}.", mistake.message),
    }
}
