//! `sealpost setting list`.

use clap::Args;

use crate::app::settings::{self, SettingList};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<List>(
    &["setting", "list"],
    "list the settings with what they take",
    "Everything that is set key by key, as a commit would make it. A value that is not set is the default.

Examples:
  sealpost setting list
  sealpost setting list limits",
);

#[derive(Args)]
pub struct List {
    /// Only the settings of this table, such as `limits` or `tls.inbound`
    table: Option<String>,
}

impl Verb for List {
    type Answer = SettingList;

    fn run(self, session: &mut Session) -> Result<Reply<SettingList>, Diagnostics> {
        settings::list(&session.context(), self.table.as_deref())
    }
}
