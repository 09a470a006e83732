//! `sealpost service list`.

use clap::Args;

use crate::app::services::{self, ServiceList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["service", "list"],
    "list the services that the gateway is a client of",
    "Beside ldap and urlfilter, which are settings.

Examples:
  sealpost service list",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = ServiceList;

    fn run(self, session: &mut Session) -> Result<Reply<ServiceList>, Diagnostics> {
        services::list(&session.context())
    }
}
