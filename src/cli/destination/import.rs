//! `sealpost destination import FILE`.

use clap::Args;

use crate::app::destination_import::{DestinationImported, destination_import};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Import>(
    &["destination", "import"],
    "replace all destination controls by the appliance's file",
    "The file replaces the whole table, the default row included. A file with a mistake changes nothing, and every mistake is told (the
first hundred of a long list). `send_tls_req_alert` and `certificate` in [DEFAULT] set the alert on failed required TLS and the certificate
of the role `outbound`; without these keys, both stay as they are.

  table_tls: 0/off, 1/on (preferred), 2/required, 3/on_verify, 4/require_verify, 5/require_verify_hosted

Examples:
  sealpost destination import destinations.ini
  sealpost destination import - --commit \"from the appliance\" < destinations.ini",
);

#[derive(Args)]
pub struct Import {
    /// The file (`-` = standard input)
    file: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Import {
    type Answer = DestinationImported;

    fn run(self, session: &mut Session) -> Result<Reply<DestinationImported>, Diagnostics> {
        destination_import(&session.context(), &self.file, &self.commit.into())
    }
}
