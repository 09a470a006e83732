//! `sealpost interfaceconfig`: addresses with their host names, and HTTPS.

use clap::Args;

use crate::app::interfaces::{self, InterfaceShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::{Change, INTERFACE_KEYS};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::certificate;
use super::dialogue::{self, Dialogue, Stopped};
use super::keyed::Answers;

pub const COMMAND: Command = Command::of::<InterfaceConfig>(
    &["interfaceconfig"],
    "interfaces by question and answer, as on the appliance",
    "Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation drops it.

Examples:
  sealpost interfaceconfig",
);

#[derive(Args)]
pub struct InterfaceConfig {}

impl Verb for InterfaceConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        interfaces::list(&session.context())?;
        dialogue::hold(session, "sealpost interface --help", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] =
    &[("NEW", "Create a new interface."), ("EDIT", "Modify an interface."), ("DELETE", "Remove an interface.")];

fn all(dialogue: &Dialogue<'_>) -> Result<Vec<InterfaceShown>, Diagnostics> {
    Ok(interfaces::list(&dialogue.context())?.answer.interfaces)
}

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let line = |one: &InterfaceShown| format!("{} ({}: {})", one.name, one.address, one.hostname);
    let lines: Vec<String> = all(dialogue)?.iter().map(line).collect();
    Ok(dialogue.numbered("Currently configured interfaces:", &lines)?)
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    let names: Vec<String> = all(dialogue)?.into_iter().map(|interface| interface.name).collect();
    match operation {
        "NEW" => {
            dialogue.ask.gap()?;
            let name = dialogue.required("Please enter a name for this IP interface (Ex: \"InternalNet\"):")?;
            match names.contains(&name) {
                true => Ok(dialogue.ask.say(&format!("There is an interface {name} already; EDIT modifies it."))?),
                false => edit(dialogue, &name, None),
            }
        }
        "EDIT" => {
            let name = dialogue.pick("Enter the name or number of the interface you wish to edit:", &names)?;
            let current = interfaces::show(&dialogue.context(), &name)?.answer;
            edit(dialogue, &name, Some(&current))
        }
        _ => {
            let name = dialogue.pick("Enter the name or number of the interface you wish to delete:", &names)?;
            let done = interfaces::remove(&dialogue.context(), &Default::default(), &name)?;
            Ok(dialogue.tell(Ok(done))?)
        }
    }
}

fn edit(dialogue: &mut Dialogue<'_>, name: &str, current: Option<&InterfaceShown>) -> Result<(), Stopped> {
    let mut answers = Answers::about(INTERFACE_KEYS);
    let (address, hostname) = current.map_or(("", ""), |current| (&current.address, &current.hostname));
    let answer = dialogue.text("IP Address (Ex: 192.0.2.1):", address)?;
    answers.set("address", &answer, address);
    let answer = dialogue.text("Hostname:", hostname)?;
    answers.set("hostname", &answer, hostname);
    let https = current.and_then(|current| current.https);
    let serves = dialogue.ask_again("Do you want to enable HTTPS on this interface?", https.is_some())?;
    if serves {
        let default = https.unwrap_or(443).to_string();
        let port = dialogue.port("Which port do you want to use for HTTPS?", &default)?;
        answers.set("https", &port, &https.map(|port| port.to_string()).unwrap_or_default());
    } else if https.is_some() {
        answers.assign("https", Change::Unset);
    }
    dialogue.settle(&answers, |dialogue, assignments| {
        interfaces::set(&dialogue.context(), &Default::default(), name, assignments)
    })?;
    if serves && dialogue.ask_again("Do you want to choose the certificate for HTTPS?", false)? {
        certificate::choose(dialogue, &format!("https:{name}"), true)?;
    }
    Ok(())
}
