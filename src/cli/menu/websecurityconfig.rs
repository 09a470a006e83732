//! `sealpost websecurityconfig`: URL filtering, and the certificate that its service is shown.

use clap::Args;

use crate::app::settings::{self, Setting};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::certificate;
use super::dialogue::{self, Dialogue, Stopped};

pub const COMMAND: Command = Command::of::<WebSecurityConfig>(
    &["websecurityconfig"],
    "filtering of URLs by question and answer, as on the appliance",
    "Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation drops it.

Examples:
  sealpost websecurityconfig",
);

#[derive(Args)]
pub struct WebSecurityConfig {}

impl Verb for WebSecurityConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        settings::list(&session.context(), Some("urlfilter"))?;
        dialogue::hold(session, "sealpost setting list urlfilter", |dialogue| match run(dialogue) {
            Ok(()) => Ok(()),
            Err(stopped) => dialogue.stop(stopped),
        })
    }
}

fn run(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let current = dialogue.setting("urlfilter.host")?;
    let is_on = !current.is_empty();
    let wanted = dialogue.ask_again("Enable URL Filtering?", is_on)?;
    if !wanted {
        if is_on {
            let done = settings::set(&dialogue.context(), &Default::default(), &Setting::unset("urlfilter")?)?;
            dialogue.tell(Ok(done))?;
        }
        return Ok(());
    }
    let host = dialogue.text("Please enter the hostname of the URL filtering service:", &current)?;
    dialogue.set_settings(vec![("urlfilter.host", Change::Set(vec![host]))])?;
    let question = "Do you want to set client certificate for URL filtering service authentication?";
    if dialogue.ask_again(question, false)? {
        certificate::choose(dialogue, "urlfilter", false)?;
    }
    Ok(())
}
