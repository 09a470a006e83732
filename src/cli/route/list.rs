//! `sealpost route list`.

use clap::Args;

use crate::app::routes::{self, RouteList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["route", "list"],
    "list the SMTP routes",
    "Shows what a commit would make of them.

Examples:
  sealpost route list",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = RouteList;

    fn run(self, session: &mut Session) -> Result<Reply<RouteList>, Diagnostics> {
        routes::list(&session.context())
    }
}
