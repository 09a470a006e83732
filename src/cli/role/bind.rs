//! `sealpost role bind ROLE PROFILE…`.

use clap::Args;

use crate::app::binding::Bound;
use crate::app::role_bind::role_bind;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Bind>(
    &["role", "bind"],
    "let a service present a certificate",
    "Roles are listener:NAME, listener:NAME/HOST (for who asks for that host name), outbound, outbound:DOMAIN, https:INTERFACE, ldap,
urlfilter and service:NAME. The profiles take the place of what was bound before. A server may present one ECDSA and one RSA
profile, and shows each peer the one that it can use.

Examples:
  sealpost role bind listener:IncomingMail mx-2026
  sealpost role bind listener:IncomingMail mx-ecdsa mx-rsa
  sealpost role bind outbound mx-2026 --commit \"client certificate for outgoing mail\"",
);

#[derive(Args)]
pub struct Bind {
    /// The service
    role: String,

    /// What it shall present
    #[arg(required = true, value_name = "PROFILE")]
    profiles: Vec<String>,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Bind {
    type Answer = Bound;

    fn run(self, session: &mut Session) -> Result<Reply<Bound>, Diagnostics> {
        role_bind(&session.context(), &self.role, &self.profiles, &self.commit.into())
    }
}
