//! `sealpost listener group list`.

use clap::Args;

use crate::app::listener_groups::{self, GroupList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["listener", "group", "list"],
    "list the sender groups of a listener in their order",
    "The first group that fits a connection picks its policy.

Examples:
  sealpost listener group list IncomingMail",
);

#[derive(Args)]
pub struct List {
    /// The listener
    listener: String,
}

impl Verb for List {
    type Answer = GroupList;

    fn run(self, session: &mut Session) -> Result<Reply<GroupList>, Diagnostics> {
        listener_groups::list(&session.context(), &self.listener)
    }
}
