//! `sealpost role list`.

use clap::Args;

use crate::app::role_list::{RoleList, role_list};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["role", "list"],
    "list the services that present a certificate, which one, and how it stands",
    "Shows what a commit would make of the roles. A server that nothing is bound to presents the Demo certificate; a client then presents
nothing. Health is the worst that was found and not let pass; `sealpost role check` says what peers will conclude.

Examples:
  sealpost role list
  sealpost role list --format json",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = RoleList;

    fn run(self, session: &mut Session) -> Result<Reply<RoleList>, Diagnostics> {
        role_list(&session.context())
    }
}
