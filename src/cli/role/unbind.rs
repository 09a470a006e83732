//! `sealpost role unbind ROLE [PROFILE]`.

use clap::Args;

use crate::app::binding::Bound;
use crate::app::role_unbind::role_unbind;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Unbind>(
    &["role", "unbind"],
    "let a service present what is bound to it no more",
    "Without a binding, the host name of a listener presents what the listener does, a destination what outgoing mail does; a server
falls back to the Demo certificate, and a client presents nothing.

Examples:
  sealpost role unbind outbound
  sealpost role unbind listener:IncomingMail mx-rsa",
);

#[derive(Args)]
pub struct Unbind {
    /// The service
    role: String,

    /// This profile alone
    profile: Option<String>,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Unbind {
    type Answer = Bound;

    fn run(self, session: &mut Session) -> Result<Reply<Bound>, Diagnostics> {
        role_unbind(&session.context(), &self.role, self.profile.as_deref(), &self.commit.into())
    }
}
