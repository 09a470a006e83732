//! `sealpost role check [ROLE]`.

use clap::Args;

use crate::app::role_check::{CheckOrder, RolesChecked, role_check};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Check>(
    &["role", "check"],
    "say what each kind of peer will conclude from what a service presents",
    "Peers are taken to trust the authority lists that are enabled here. For a listener, the MX records of its accepted domains, the names of
the certificate and the host name of the interface stand side by side. The answer is no when a peer that matters does not accept;
a sender that insists on the recipient's own domain is told too, and does not count.

Examples:
  sealpost role check
  sealpost role check listener:IncomingMail --no-dns",
);

#[derive(Args)]
pub struct Check {
    /// The service [default: all of them]
    role: Option<String>,

    /// Do not ask DNS for the MX records of accepted domains
    #[arg(long)]
    no_dns: bool,
}

impl Verb for Check {
    type Answer = RolesChecked;

    fn run(self, session: &mut Session) -> Result<Reply<RolesChecked>, Diagnostics> {
        role_check(&session.context(), &CheckOrder { role: self.role, ask_dns: !self.no_dns })
    }
}
