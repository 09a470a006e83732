//! `sealpost interface remove`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::interfaces;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["interface", "remove"],
    "remove an interface that nothing uses",
    "Examples:
  sealpost interface remove \"Data 2\"",
);

#[derive(Args)]
pub struct Remove {
    /// The interface
    name: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        interfaces::remove(&session.context(), &self.commit.into(), &self.name)
    }
}
