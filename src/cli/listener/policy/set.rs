//! `sealpost listener policy set`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::listener_policies;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{Key, POLICY_KEYS};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["listener", "policy", "set"],
    "set keys of a mail-flow policy, or add one",
    "A policy says what the senders of a group may do. Off offers no STARTTLS, preferred offers it and takes clear text as well, required refuses mail before it; a public listener cannot require TLS of everyone (RFC 3207 section 4).

Examples:
  sealpost listener policy set IncomingMail ACCEPTED --tls preferred
  sealpost listener policy set IncomingMail PARTNER --action ACCEPT --tls required --verify-client true",
);

#[derive(Args)]
pub struct Set {
    /// The listener
    listener: String,

    /// The policy
    policy: String,

    #[command(flatten)]
    keys: KeyArgs<PolicyTable>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct PolicyTable;

impl Keyed for PolicyTable {
    const KEYS: &'static [Key] = POLICY_KEYS;
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        listener_policies::set(
            &session.context(),
            &self.commit.into(),
            &self.listener,
            &self.policy,
            &self.keys.assignments,
        )
    }
}
