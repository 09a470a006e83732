//! `sealpost route remove`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::routes;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Remove>(
    &["route", "remove"],
    "remove a route",
    "Mail for the domain goes to its MX hosts again.

Examples:
  sealpost route remove example.net",
);

#[derive(Args)]
pub struct Remove {
    /// `example.com`, `.example.com` for everything below it, or `ALL`
    domain: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Remove {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        routes::remove(&session.context(), &self.commit.into(), &self.domain)
    }
}
