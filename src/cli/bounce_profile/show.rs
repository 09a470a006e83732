//! `sealpost bounce-profile show`.

use clap::Args;

use crate::app::bounce_profiles::{self, BounceProfileShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["bounce-profile", "show"],
    "show a bounce profile",
    "Examples:
  sealpost bounce-profile show patient",
);

#[derive(Args)]
pub struct Show {
    /// The bounce profile
    name: String,
}

impl Verb for Show {
    type Answer = BounceProfileShown;

    fn run(self, session: &mut Session) -> Result<Reply<BounceProfileShown>, Diagnostics> {
        bounce_profiles::show(&session.context(), &self.name)
    }
}
