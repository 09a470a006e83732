//! `sealpost listener policy remove`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::listener_policies;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["listener", "policy", "remove"],
    "remove a mail-flow policy that no group picks",
    "A built-in policy is as built in again.

Examples:
  sealpost listener policy remove IncomingMail PARTNER",
);

#[derive(Args)]
pub struct Remove {
    /// The listener
    listener: String,

    /// The policy
    policy: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        listener_policies::remove(&session.context(), &self.commit.into(), &self.listener, &self.policy)
    }
}
