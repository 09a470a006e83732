//! `sealpost change history`.

use clap::Args;

use crate::app::change_history::{History, history};
use crate::model::diagnostic::{Diagnostics, Reply};

use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;

pub const COMMAND: Command = Command::of::<HistoryArgs>(
    &["change", "history"],
    "list the revisions that can be returned to, newest first",
    "Examples:
  sealpost change history
  sealpost change history --format json",
);

#[derive(Args)]
pub struct HistoryArgs {}

impl Verb for HistoryArgs {
    type Answer = History;

    fn run(self, session: &mut Session) -> Result<Reply<History>, Diagnostics> {
        history(&session.context())
    }
}
