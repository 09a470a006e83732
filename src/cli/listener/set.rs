//! `sealpost listener set`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::listeners;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{Key, LISTENER_KEYS};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["listener", "set"],
    "set keys of a listener, or add one",
    "A listener accepts mail on an interface and port. One that is not there is added; without groups of its own, a public one relays for this machine and accepts mail for its domains from everyone else, and a private one relays for this machine alone.

Examples:
  sealpost listener set IncomingMail --add-domains example.com,.example.com
  sealpost listener set Submission --interface \"Data 1\" --port 465 --implicit-tls true --exposure private",
);

#[derive(Args)]
pub struct Set {
    /// The listener
    name: String,

    #[command(flatten)]
    keys: KeyArgs<ListenerTable>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct ListenerTable;

impl Keyed for ListenerTable {
    const KEYS: &'static [Key] = LISTENER_KEYS;
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        listeners::set(&session.context(), &self.commit.into(), &self.name, &self.keys.assignments)
    }
}
