//! `sealpost listener policy list`.

use clap::Args;

use crate::app::listener_policies::{self, PolicyList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["listener", "policy", "list"],
    "list the mail-flow policies of a listener",
    "ACCEPTED, RELAYED and BLOCKED are there without standing in the file.

Examples:
  sealpost listener policy list IncomingMail",
);

#[derive(Args)]
pub struct List {
    /// The listener
    listener: String,
}

impl Verb for List {
    type Answer = PolicyList;

    fn run(self, session: &mut Session) -> Result<Reply<PolicyList>, Diagnostics> {
        listener_policies::list(&session.context(), &self.listener)
    }
}
