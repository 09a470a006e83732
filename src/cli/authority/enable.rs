//! `sealpost authority enable LIST`.

use clap::Args;

use super::list_name;
use crate::app::authorities::AuthorityList;
use crate::app::authority_switch::{AuthoritiesSwitched, authority_switch};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Enable>(
    &["authority", "enable"],
    "trust the authorities of a list",
    "Examples:
  sealpost authority enable custom
  sealpost authority enable system --commit \"WHY\"",
);

#[derive(Args)]
pub struct Enable {
    /// system or custom
    #[arg(value_parser = list_name)]
    list: AuthorityList,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Enable {
    type Answer = AuthoritiesSwitched;

    fn run(self, session: &mut Session) -> Result<Reply<AuthoritiesSwitched>, Diagnostics> {
        authority_switch(&session.context(), self.list, true, &self.commit.into())
    }
}
