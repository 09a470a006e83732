//! `sealpost change rollback`.

use clap::Args;

use crate::app::change_rollback::{RollbackOrder, RolledBack, rollback};
use crate::cli::accept_args::AcceptArgs;
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::operate::RevisionNumber;

pub const COMMAND: Command = Command::of::<Rollback>(
    &["change", "rollback"],
    "run the content of an earlier revision again, as a new revision",
    "Staged edits are left as they are. The roles that change are inspected as they are before a commit: what expired meanwhile
blocks the way back unless it is let pass.

Examples:
  sealpost change rollback
  sealpost change rollback 41",
)
.alias("rollbackconfig");

#[derive(Args)]
pub struct Rollback {
    /// The revision to return to [default: the one before the running one]
    revision: Option<RevisionNumber>,

    /// Why; kept with the new revision
    #[arg(long, value_name = "WHY")]
    comment: Option<String>,

    #[command(flatten)]
    accept: AcceptArgs,
}

impl Verb for Rollback {
    type Answer = RolledBack;

    fn run(self, session: &mut Session) -> Result<Reply<RolledBack>, Diagnostics> {
        let ask_dns = self.accept.ask_dns();
        let order =
            RollbackOrder { revision: self.revision, comment: self.comment, accepting: self.accept.into(), ask_dns };
        rollback(&session.context(), &order)
    }
}
