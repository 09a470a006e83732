//! `sealpost route show`.

use clap::Args;

use crate::app::routes::{self, RouteShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["route", "show"],
    "show the route of a domain",
    "Examples:
  sealpost route show example.net",
);

#[derive(Args)]
pub struct Show {
    /// `example.com`, `.example.com` for everything below it, or `ALL`
    domain: String,
}

impl Verb for Show {
    type Answer = RouteShown;

    fn run(self, session: &mut Session) -> Result<Reply<RouteShown>, Diagnostics> {
        routes::show(&session.context(), &self.domain)
    }
}
