//! `sealpost route set`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::routes;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{Key, ROUTE_KEYS};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["route", "set"],
    "set where mail for a domain goes",
    "Mail for the domain goes to these hosts in place of its MX hosts: HOST, HOST:PORT, either with /pri=N behind it; lower ones are tried first. `ALL` is every domain without a route of its own. An empty list bounces the mail.

Examples:
  sealpost route set example.net --hosts relay.example.net:2525
  sealpost route set ALL --hosts smarthost.example.com,backup.example.com/pri=10",
);

#[derive(Args)]
pub struct Set {
    /// `example.com`, `.example.com` for everything below it, or `ALL`
    domain: String,

    #[command(flatten)]
    keys: KeyArgs<RouteTable>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct RouteTable;

impl Keyed for RouteTable {
    const KEYS: &'static [Key] = ROUTE_KEYS;
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        routes::set(&session.context(), &self.commit.into(), &self.domain, &self.keys.assignments)
    }
}
