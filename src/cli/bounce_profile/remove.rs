//! `sealpost bounce-profile remove`.

use clap::Args;

use crate::app::bounce_profiles;
use crate::app::configured::Configured;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["bounce-profile", "remove"],
    "remove a bounce profile that no destination names",
    "`(Default)` has its first values again.

Examples:
  sealpost bounce-profile remove patient",
);

#[derive(Args)]
pub struct Remove {
    /// The bounce profile
    name: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        bounce_profiles::remove(&session.context(), &self.commit.into(), &self.name)
    }
}
