//! `sealpost destination default`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::destination_set::destination_default;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

use super::row_args::RowArgs;

pub const COMMAND: Command = Command::of::<Default>(
    &["destination", "default"],
    "set what every destination inherits",
    "The default row applies to domains without a row, and gives every row what it does not set itself.

Examples:
  sealpost destination default --tls preferred
  sealpost destination default --inherit concurrency",
);

#[derive(Args)]
pub struct Default {
    #[command(flatten)]
    row: RowArgs,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Default {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        destination_default(&session.context(), &self.commit.into(), &self.row.assignments()?)
    }
}
