//! `sealpost interface set`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::interfaces;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{INTERFACE_KEYS, Key};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["interface", "set"],
    "set keys of an interface, or add one",
    "An interface is an IP address of this machine with the host name that belongs to it: what certificates of its listeners must carry, and what the MX record must point to. One that is not there is added.

Examples:
  sealpost interface set \"Data 1\" --hostname mx1.example.com
  sealpost interface set \"Data 2\" --address 192.0.2.2 --hostname mx2.example.com --commit \"second line\"",
);

#[derive(Args)]
pub struct Set {
    /// The interface
    name: String,

    #[command(flatten)]
    keys: KeyArgs<InterfaceTable>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct InterfaceTable;

impl Keyed for InterfaceTable {
    const KEYS: &'static [Key] = INTERFACE_KEYS;
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        interfaces::set(&session.context(), &self.commit.into(), &self.name, &self.keys.assignments)
    }
}
