//! `sealpost bounce-profile set`.

use clap::Args;

use crate::app::bounce_profiles;
use crate::app::configured::Configured;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::key_args::{KeyArgs, Keyed};
use crate::cli::session::Session;
use crate::model::configuration::{BOUNCE_PROFILE_KEYS, Key};
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["bounce-profile", "set"],
    "set keys of a bounce profile, or add one",
    "`(Default)` is the profile of destinations without one; it can be changed like any other.

Examples:
  sealpost bounce-profile set patient --longest-in-queue 5d --delay-warning 4h
  sealpost destination set example.com --bounce-profile patient",
);

#[derive(Args)]
pub struct Set {
    /// The bounce profile
    name: String,

    #[command(flatten)]
    keys: KeyArgs<BounceProfileTable>,

    #[command(flatten)]
    commit: CommitArgs,
}

/// The keys of the table.
struct BounceProfileTable;

impl Keyed for BounceProfileTable {
    const KEYS: &'static [Key] = BOUNCE_PROFILE_KEYS;
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        bounce_profiles::set(&session.context(), &self.commit.into(), &self.name, &self.keys.assignments)
    }
}
