//! `sealpost destination remove DOMAIN…`.

use clap::Args;

use crate::app::destination_remove::{DestinationRemoved, destination_remove};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["destination", "remove"],
    "remove rows, so that a wider row or the default row applies",
    "Examples:
  sealpost destination remove example.com
  sealpost destination remove example.com .example.com --commit \"partner left\"",
);

#[derive(Args)]
pub struct Remove {
    /// The rows
    #[arg(required = true, value_name = "DOMAIN")]
    domains: Vec<String>,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = DestinationRemoved;

    fn run(self, session: &mut Session) -> Result<Reply<DestinationRemoved>, Diagnostics> {
        destination_remove(&session.context(), &self.domains, &self.commit.into())
    }
}
