//! `sealpost listenerconfig`: listeners, their certificates, and who may do what over which kind of connection.

mod edit;
mod host_access;

use clap::Args;

use crate::app::interfaces;
use crate::app::listeners::{self, ListenerShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::LISTENER_KEYS;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};
use super::keyed::{Answers, listed};

pub const COMMAND: Command = Command::of::<ListenerConfig>(
    &["listenerconfig"],
    "listeners by question and answer, as on the appliance",
    "EDIT leads to the certificate of a listener, and HOSTACCESS to the TLS of its mail-flow policies. Each finished operation is staged;
`sealpost change commit` makes it live. The end of the input inside an operation drops it.

Examples:
  sealpost listenerconfig",
);

#[derive(Args)]
pub struct ListenerConfig {}

impl Verb for ListenerConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        listeners::list(&session.context())?;
        dialogue::hold(session, "sealpost listener --help", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] =
    &[("NEW", "Create a new listener."), ("EDIT", "Modify a listener."), ("DELETE", "Remove a listener.")];
const EXPOSURES: [&str; 2] = ["public", "private"];

fn all(dialogue: &Dialogue<'_>) -> Result<Vec<ListenerShown>, Diagnostics> {
    Ok(listeners::list(&dialogue.context())?.answer.listeners)
}

fn line(one: &ListenerShown) -> String {
    format!("{} (on {}, {}) SMTP TCP Port {} {}", one.name, one.interface, one.address, one.port, one.exposure)
}

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let lines: Vec<String> = all(dialogue)?.iter().map(line).collect();
    Ok(dialogue.numbered("Currently configured listeners:", &lines)?)
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    let names: Vec<String> = all(dialogue)?.into_iter().map(|listener| listener.name).collect();
    match operation {
        "NEW" => new(dialogue, &names),
        "EDIT" => {
            let name = dialogue.pick("Enter the name or number of the listener you wish to edit:", &names)?;
            Ok(edit::hold(dialogue, &name)?)
        }
        _ => {
            let name = dialogue.pick("Enter the name or number of the listener you wish to delete:", &names)?;
            let done = listeners::remove(&dialogue.context(), &Default::default(), &name)?;
            Ok(dialogue.tell(Ok(done))?)
        }
    }
}

fn new(dialogue: &mut Dialogue<'_>, names: &[String]) -> Result<(), Stopped> {
    let mut answers = Answers::about(LISTENER_KEYS);
    let lines = ["Public", "Private"].map(str::to_owned);
    dialogue.ask.gap()?;
    let exposure = dialogue.ask.choice("Please select the type of listener you want to create.", &lines, 0)?;
    dialogue.ask.gap()?;
    let name = dialogue.required("Please create a name for this listener (Ex: \"InboundMail\"):")?;
    if names.contains(&name) {
        return Ok(dialogue.ask.say(&format!("There is a listener {name} already; EDIT modifies it."))?);
    }
    let interface = interface(dialogue, "")?;
    answers.set("interface", &interface, "");
    let port = dialogue.port("Please enter the TCP port for this listener.", "25")?;
    answers.set("port", &port, "");
    answers.set("exposure", EXPOSURES[exposure], "");
    if exposure == 0 {
        let question = "Enter the domains you want to accept mail for, separated by commas.";
        let domains = listed(&dialogue.text(question, "")?);
        answers.set_list("domains", domains, &[]);
    }
    dialogue.settle(&answers, |dialogue, assignments| {
        listeners::set(&dialogue.context(), &Default::default(), &name, assignments)
    })
}

fn interface(dialogue: &mut Dialogue<'_>, current: &str) -> Result<String, Stopped> {
    let interfaces = interfaces::list(&dialogue.context())?.answer.interfaces;
    let lines: Vec<String> = interfaces.iter().map(|one| format!("{} ({})", one.name, one.address)).collect();
    let default = interfaces.iter().position(|one| one.name == current).unwrap_or(0);
    dialogue.ask.gap()?;
    let index = dialogue.ask.choice("Please choose an IP interface for this Listener.", &lines, default)?;
    Ok(interfaces[index].name.clone())
}
