//! `sealpost authority list`.

use clap::Args;

use super::list_name;
use crate::app::authorities::AuthorityList;
use crate::app::authority_list::{AuthorityLists, authority_list};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["authority", "list"],
    "list the authorities that are trusted",
    "Shows what a commit would make of the lists. Without a name, the system's list is counted and the custom one is listed.

Examples:
  sealpost authority list
  sealpost authority list system",
);

#[derive(Args)]
pub struct List {
    /// system or custom
    #[arg(value_parser = list_name)]
    list: Option<AuthorityList>,
}

impl Verb for List {
    type Answer = AuthorityLists;

    fn run(self, session: &mut Session) -> Result<Reply<AuthorityLists>, Diagnostics> {
        authority_list(&session.context(), self.list)
    }
}
