//! `sealpost service remove`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::services;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["service", "remove"],
    "remove a service",
    "Refused while a profile is bound to its role.

Examples:
  sealpost service remove sandbox",
);

#[derive(Args)]
pub struct Remove {
    /// The service
    name: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        services::remove(&session.context(), &self.commit.into(), &self.name)
    }
}
