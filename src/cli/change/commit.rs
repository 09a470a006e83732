//! `sealpost change commit`.

use clap::Args;

use crate::app::change_commit::{Committed, commit};
use crate::model::diagnostic::{Diagnostics, Reply};

use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;

pub const COMMAND: Command = Command::of::<Commit>(
    &["change", "commit"],
    "make what is staged run, as a new revision",
    "All or nothing: a commit that is interrupted leaves the old revision running, or the new one.

Examples:
  sealpost change commit \"renewed mx1\"
  sealpost change commit --rebase",
)
.alias("commit");

#[derive(Args)]
pub struct Commit {
    /// Why; kept with the revision
    comment: Option<String>,

    /// Put edits that began on an older revision on top of the running one, when both touch different things
    #[arg(long)]
    rebase: bool,
}

impl Verb for Commit {
    type Answer = Committed;

    fn run(self, session: &mut Session) -> Result<Reply<Committed>, Diagnostics> {
        commit(&session.context(), self.comment.as_deref(), self.rebase)
    }
}
