//! `sealpost listener group set`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::listener_groups::{self, Position};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{GROUP_KEYS, Key};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["listener", "group", "set"],
    "set keys of a sender group, or add one",
    "Senders are ALL, addresses, networks, host names, or .domains; a host name counts only when it resolves back to the address, and never for a policy with the action RELAY. A new group is tried before the last one, which is ALL.

Examples:
  sealpost listener group set IncomingMail RELAYLIST --add-senders 192.0.2.0/24
  sealpost listener group set IncomingMail SPAMMERS --policy BLOCKED --senders .spam.example --first",
);

#[derive(Args)]
pub struct Set {
    /// The listener
    listener: String,

    /// The group
    group: String,

    #[command(flatten)]
    keys: KeyArgs<GroupTable>,

    /// Try it before all others
    #[arg(long)]
    first: bool,

    /// Try it before this group
    #[arg(long, value_name = "GROUP", conflicts_with = "first")]
    before: Option<String>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct GroupTable;

impl Keyed for GroupTable {
    const KEYS: &'static [Key] = GROUP_KEYS;
    const WITHOUT: &'static [&'static str] = &["name"];
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        let position = match self.before {
            Some(other) => Position::Before(other),
            None if self.first => Position::First,
            None => Position::Usual,
        };
        listener_groups::set(
            &session.context(),
            &self.commit.into(),
            &self.listener,
            &self.group,
            &self.keys.assignments,
            &position,
        )
    }
}
