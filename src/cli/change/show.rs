//! `sealpost change show`.

use clap::Args;

use crate::app::change_show::{Shown, show};
use crate::model::diagnostic::{Diagnostics, Reply};

use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;

pub const COMMAND: Command = Command::of::<Show>(
    &["change", "show"],
    "show what is staged: what each profile was and what it becomes",
    "Nothing is changed. Old and new stand side by side; a key is named by the first digits of its fingerprint.

Examples:
  sealpost change show
  sealpost change show --format json",
)
.alias("showchanges");

#[derive(Args)]
pub struct Show {}

impl Verb for Show {
    type Answer = Shown;

    fn run(self, session: &mut Session) -> Result<Reply<Shown>, Diagnostics> {
        show(&session.context())
    }
}
