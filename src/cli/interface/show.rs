//! `sealpost interface show`.

use clap::Args;

use crate::app::interfaces::{self, InterfaceShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["interface", "show"],
    "show an interface",
    "Examples:
  sealpost interface show \"Data 1\"",
);

#[derive(Args)]
pub struct Show {
    /// The interface
    name: String,
}

impl Verb for Show {
    type Answer = InterfaceShown;

    fn run(self, session: &mut Session) -> Result<Reply<InterfaceShown>, Diagnostics> {
        interfaces::show(&session.context(), &self.name)
    }
}
