//! `sealpost destination export`.

use clap::Args;

use crate::app::destination_export::{DestinationExported, destination_export};
use crate::cli::command::{Command, Verb};
use crate::cli::out_args::OutArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Export>(
    &["destination", "export"],
    "write the destination controls as the appliance's file",
    "The file is an INI file with [DEFAULT] and one section per domain, and `destination import` reads it back without loss. Keys of our
own (verify_names, mx_names, tls_alert, client_certificate_required) stand in it only where they are set.

Examples:
  sealpost destination export > destinations.ini
  sealpost destination export --out destinations.ini",
);

#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    out: OutArgs,
}

impl Verb for Export {
    type Answer = DestinationExported;

    fn run(self, session: &mut Session) -> Result<Reply<DestinationExported>, Diagnostics> {
        destination_export(&session.context(), &self.out.into())
    }
}
