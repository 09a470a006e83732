//! `sealpost service set`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::services;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{Key, SERVICE_KEYS};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["service", "set"],
    "set keys of a service, or add one",
    "A service that asks for a client certificate gets the profile that is bound to its role.

Examples:
  sealpost service set sandbox --host sandbox.example.com --port 8443
  sealpost role bind service:sandbox gateway-client",
);

#[derive(Args)]
pub struct Set {
    /// The service
    name: String,

    #[command(flatten)]
    keys: KeyArgs<ServiceTable>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct ServiceTable;

impl Keyed for ServiceTable {
    const KEYS: &'static [Key] = SERVICE_KEYS;
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        services::set(&session.context(), &self.commit.into(), &self.name, &self.keys.assignments)
    }
}
