//! `sealpost bounce-profile list`.

use clap::Args;

use crate::app::bounce_profiles::{self, BounceProfileList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["bounce-profile", "list"],
    "list the bounce profiles",
    "How long and how often delivery is tried before a message bounces. Destinations without a profile of their own use (Default).

Examples:
  sealpost bounce-profile list",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = BounceProfileList;

    fn run(self, session: &mut Session) -> Result<Reply<BounceProfileList>, Diagnostics> {
        bounce_profiles::list(&session.context())
    }
}
