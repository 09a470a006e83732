//! `sealpost init`.

use clap::Args;

use crate::app::init::{Initialised, init};
use crate::model::diagnostic::{Diagnostics, Reply};

use super::command::{Command, Verb};
use super::session::Session;

pub const COMMAND: Command = Command::of::<Init>(
    &["init"],
    "make a home: first interface and listener, default configuration, Demo certificate",
    "A home that is there already is left as it is.

Examples:
  sealpost init
  sealpost init --hostname mx1.example.com
  sealpost --home /srv/gateway init --hostname mx1.example.com",
);

#[derive(Args)]
pub struct Init {
    /// The gateway's host name, as its MX record names it [default: the full name of this machine]
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
}

impl Verb for Init {
    type Answer = Initialised;

    fn run(self, session: &mut Session) -> Result<Reply<Initialised>, Diagnostics> {
        init(&session.context(), self.hostname.as_deref())
    }
}
