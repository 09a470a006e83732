//! `sealpost destination clear`.

use clap::Args;

use crate::app::destination_remove::{DestinationRemoved, destination_clear};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Clear>(
    &["destination", "clear"],
    "remove every row but the default one",
    "Asks first; --yes answers.

Examples:
  sealpost destination clear
  sealpost destination clear --yes --commit \"start over\"",
);

#[derive(Args)]
pub struct Clear {
    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Clear {
    type Answer = DestinationRemoved;

    fn run(self, session: &mut Session) -> Result<Reply<DestinationRemoved>, Diagnostics> {
        if !self.yes {
            session.confirm("Are you sure you want to remove all entries?")?;
        }
        destination_clear(&session.context(), &self.commit.into())
    }
}
