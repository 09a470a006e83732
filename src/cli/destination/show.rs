//! `sealpost destination show DOMAIN`.

use clap::Args;

use crate::app::destination_show::{DestinationShown, destination_show};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["destination", "show"],
    "show how mail to a domain is delivered, and which row says so",
    "The most specific row applies: `mail.example.com`, then `.example.com`, then `.com`, then the default row. What a row does not set
comes from the default row.

Examples:
  sealpost destination show example.com
  sealpost destination show .example.com
  sealpost destination show",
);

#[derive(Args)]
pub struct Show {
    /// A domain, or a row such as .example.com; without it the default row
    domain: Option<String>,
}

impl Verb for Show {
    type Answer = DestinationShown;

    fn run(self, session: &mut Session) -> Result<Reply<DestinationShown>, Diagnostics> {
        destination_show(&session.context(), self.domain.as_deref())
    }
}
