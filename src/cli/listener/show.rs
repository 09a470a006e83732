//! `sealpost listener show`.

use clap::Args;

use crate::app::listeners::{self, ListenerShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["listener", "show"],
    "show a listener with its policies and groups",
    "Examples:
  sealpost listener show IncomingMail",
);

#[derive(Args)]
pub struct Show {
    /// The listener
    name: String,
}

impl Verb for Show {
    type Answer = ListenerShown;

    fn run(self, session: &mut Session) -> Result<Reply<ListenerShown>, Diagnostics> {
        listeners::show(&session.context(), &self.name)
    }
}
