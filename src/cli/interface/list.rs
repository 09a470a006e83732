//! `sealpost interface list`.

use clap::Args;

use crate::app::interfaces::{self, InterfaceList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["interface", "list"],
    "list the interfaces with their host names",
    "Shows what a commit would make of them.

Examples:
  sealpost interface list",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = InterfaceList;

    fn run(self, session: &mut Session) -> Result<Reply<InterfaceList>, Diagnostics> {
        interfaces::list(&session.context())
    }
}
