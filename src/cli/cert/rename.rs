//! `sealpost cert rename OLD NEW`.

use clap::Args;

use crate::app::cert_rename::{Renamed, cert_rename};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Rename>(
    &["cert", "rename"],
    "give a profile another name",
    "Examples:
  sealpost cert rename mx-2026 mx-old
  sealpost cert rename mx-2026 mx-old --commit \"make room for the new one\"",
);

#[derive(Args)]
pub struct Rename {
    /// The profile as it is called now
    old: String,

    /// The name it shall have
    new: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Rename {
    type Answer = Renamed;

    fn run(self, session: &mut Session) -> Result<Reply<Renamed>, Diagnostics> {
        cert_rename(&session.context(), &self.old, &self.new, &self.commit.into())
    }
}
