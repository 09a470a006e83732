//! `sealpost destination list`.

use clap::Args;

use crate::app::destination_list::{DestinationList, destination_list};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["destination", "list"],
    "list the destination controls, one row per domain",
    "`Default` is what a row inherits from the default row, which stands last.

Examples:
  sealpost destination list
  sealpost destination list --format json",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = DestinationList;

    fn run(self, session: &mut Session) -> Result<Reply<DestinationList>, Diagnostics> {
        destination_list(&session.context())
    }
}
