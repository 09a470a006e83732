//! `sealpost service show`.

use clap::Args;

use crate::app::services::{self, ServiceShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["service", "show"],
    "show a service",
    "Examples:
  sealpost service show sandbox",
);

#[derive(Args)]
pub struct Show {
    /// The service
    name: String,
}

impl Verb for Show {
    type Answer = ServiceShown;

    fn run(self, session: &mut Session) -> Result<Reply<ServiceShown>, Diagnostics> {
        services::show(&session.context(), &self.name)
    }
}
