//! `sealpost authority disable LIST`.

use clap::Args;

use super::list_name;
use crate::app::authorities::AuthorityList;
use crate::app::authority_switch::{AuthoritiesSwitched, authority_switch};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Disable>(
    &["authority", "disable"],
    "trust no more the authorities of a list",
    "Examples:
  sealpost authority disable custom
  sealpost authority disable system --commit \"WHY\"",
);

#[derive(Args)]
pub struct Disable {
    /// system or custom
    #[arg(value_parser = list_name)]
    list: AuthorityList,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Disable {
    type Answer = AuthoritiesSwitched;

    fn run(self, session: &mut Session) -> Result<Reply<AuthoritiesSwitched>, Diagnostics> {
        authority_switch(&session.context(), self.list, false, &self.commit.into())
    }
}
