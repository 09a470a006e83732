//! `sealpost listener list`.

use clap::Args;

use crate::app::listeners::{self, ListenerList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["listener", "list"],
    "list the listeners",
    "Shows what a commit would make of them. TLS is that of the policy for everyone whom no other group takes.

Examples:
  sealpost listener list",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = ListenerList;

    fn run(self, session: &mut Session) -> Result<Reply<ListenerList>, Diagnostics> {
        listeners::list(&session.context())
    }
}
