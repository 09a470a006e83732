//! `sealpost cert remove PROFILE`.

use clap::Args;

use crate::app::cert_remove::{Removed, cert_remove};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["cert", "remove"],
    "remove a profile",
    "The older revisions keep it, with its key, so that a rollback brings it back; --purge-key takes the key away from them, too.

Examples:
  sealpost cert remove mx-2025
  sealpost cert remove mx-2025 --purge-key --commit \"key was exposed\"",
);

#[derive(Args)]
pub struct Remove {
    /// The profile
    profile: String,

    /// Destroy its key in every older revision, too
    #[arg(long)]
    purge_key: bool,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Removed;

    fn run(self, session: &mut Session) -> Result<Reply<Removed>, Diagnostics> {
        cert_remove(&session.context(), &self.profile, self.purge_key, &self.commit.into())
    }
}
