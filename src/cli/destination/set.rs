//! `sealpost destination set DOMAIN`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::destination_set::destination_set;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

use super::row_args::RowArgs;

pub const COMMAND: Command = Command::of::<Set>(
    &["destination", "set"],
    "set how mail to a domain is delivered",
    "A row that is not there comes into being, and inherits what is not set from the default row. The most specific row applies, whole:
`example.com` before `.example.com`.

Examples:
  sealpost destination set example.com --tls required
  sealpost destination set example.com --tls required-verify-hosted --tls-alert on
  sealpost destination set .example.net --concurrency 20 --recipients 300/60
  sealpost destination set example.com --inherit tls --inherit concurrency",
);

#[derive(Args)]
pub struct Set {
    /// example.com, or .example.com for its subdomains
    domain: String,

    #[command(flatten)]
    row: RowArgs,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        destination_set(&session.context(), &self.commit.into(), &self.domain, &self.row.assignments()?)
    }
}
