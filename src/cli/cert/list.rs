//! `sealpost cert list`.

use clap::Args;

use crate::app::cert_list::{ProfileList, cert_list};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["cert", "list"],
    "list the profiles: names, issuer, status, days that remain",
    "Shows what a commit would make of the home; the column Staged names what differs from what runs.

Status is Active, Expiring (less than two weeks are left, or less than a third of a short life), Expired, NotYetValid,
Request pending, Chain incomplete, or Demo.

Examples:
  sealpost cert list
  sealpost cert list --format json",
);

#[derive(Args)]
pub struct List {}

impl Verb for List {
    type Answer = ProfileList;

    fn run(self, session: &mut Session) -> Result<Reply<ProfileList>, Diagnostics> {
        cert_list(&session.context())
    }
}
