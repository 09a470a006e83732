//! `sealpost authority remove NAME…`.

use clap::Args;

use crate::app::authority_remove::{AuthoritiesRemoved, authority_remove};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["authority", "remove"],
    "trust some authorities of the custom list no more",
    "An authority is named as `authority list` shows it, by its name or by its SHA-256, of which eight digits are enough.

Examples:
  sealpost authority remove \"Private Root\"
  sealpost authority remove d1a42a6c --commit \"partner left\"",
);

#[derive(Args)]
pub struct Remove {
    /// Names, or beginnings of SHA-256 fingerprints
    #[arg(required = true, value_name = "NAME|SHA256")]
    authorities: Vec<String>,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = AuthoritiesRemoved;

    fn run(self, session: &mut Session) -> Result<Reply<AuthoritiesRemoved>, Diagnostics> {
        authority_remove(&session.context(), &self.authorities, &self.commit.into())
    }
}
