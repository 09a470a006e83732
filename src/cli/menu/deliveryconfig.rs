//! `sealpost deliveryconfig`: the interface that outgoing mail leaves through.

use clap::Args;

use crate::app::interfaces;
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};

pub const COMMAND: Command = Command::of::<DeliveryConfig>(
    &["deliveryconfig"],
    "the delivery interface by question and answer, as on the appliance",
    "Its host name is what the certificate for outgoing TLS must carry. Each finished operation is staged; `sealpost change commit` makes it
live. The end of the input inside an operation drops it.

Examples:
  sealpost deliveryconfig",
);

#[derive(Args)]
pub struct DeliveryConfig {}

impl Verb for DeliveryConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        interfaces::list(&session.context())?;
        let setup: &[(&str, &str)] = &[("SETUP", "Configure mail delivery.")];
        dialogue::hold(session, "sealpost setting --help", |dialogue| dialogue.operations(setup, list, run))
    }
}

const INTERFACE: &str = "delivery.interface";
const AUTO: &str = "auto";

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let current = dialogue.setting(INTERFACE)?;
    dialogue.ask.gap()?;
    Ok(dialogue.ask.say(&format!("Default interface to deliver mail: {current}"))?)
}

fn run(dialogue: &mut Dialogue<'_>, _: &'static str) -> Result<(), Stopped> {
    let interfaces = interfaces::list(&dialogue.context())?.answer.interfaces;
    let mut names = vec![AUTO.to_owned()];
    names.extend(interfaces.iter().map(|interface| interface.name.clone()));
    let mut lines = vec!["Auto".to_owned()];
    lines.extend(interfaces.iter().map(|one| format!("{} ({}: {})", one.name, one.address, one.hostname)));
    let current = dialogue.setting(INTERFACE)?;
    let default = names.iter().position(|name| *name == current).unwrap_or(0);
    dialogue.ask.gap()?;
    let index = dialogue.ask.choice("Choose the default interface to deliver mail.", &lines, default)?;
    dialogue.set_settings(vec![(INTERFACE, Change::Set(vec![names[index].clone()]))])
}
