//! `sealpost listener group remove`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::listener_groups;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["listener", "group", "remove"],
    "remove a sender group",
    "Examples:
  sealpost listener group remove IncomingMail SPAMMERS",
);

#[derive(Args)]
pub struct Remove {
    /// The listener
    listener: String,

    /// The group
    group: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        listener_groups::remove(&session.context(), &self.commit.into(), &self.listener, &self.group)
    }
}
