//! `sealpost listener remove`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::listeners;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["listener", "remove"],
    "remove a listener",
    "Its policies and groups go with it. Refused while a profile is bound to its role.

Examples:
  sealpost listener remove Submission",
);

#[derive(Args)]
pub struct Remove {
    /// The listener
    name: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        listeners::remove(&session.context(), &self.commit.into(), &self.name)
    }
}
