//! `sealpost change clear`.

use clap::Args;

use crate::app::change_clear::{Cleared, clear};
use crate::model::diagnostic::{Diagnostics, Reply};

use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;

pub const COMMAND: Command = Command::of::<Clear>(
    &["change", "clear"],
    "throw the staged edits away",
    "A key whose signing request was exported is not destroyed unless --force is given.

Examples:
  sealpost change clear
  sealpost change clear --force",
)
.alias("clearchanges");

#[derive(Args)]
pub struct Clear {
    /// Also destroy keys whose requests were exported, and edits that cannot be read
    #[arg(long)]
    force: bool,
}

impl Verb for Clear {
    type Answer = Cleared;

    fn run(self, session: &mut Session) -> Result<Reply<Cleared>, Diagnostics> {
        clear(&session.context(), self.force)
    }
}
