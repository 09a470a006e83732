//! `sealpost setting show`.

use clap::Args;

use crate::app::settings::{self, SettingShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Show>(
    &["setting", "show"],
    "show a setting",
    "Examples:
  sealpost setting show limits.message-size",
);

#[derive(Args)]
pub struct Show {
    /// The setting, such as `limits.message-size`
    key: String,
}

impl Verb for Show {
    type Answer = SettingShown;

    fn run(self, session: &mut Session) -> Result<Reply<SettingShown>, Diagnostics> {
        settings::show(&session.context(), &self.key)
    }
}
