//! `sealpost change prune`.

use clap::Args;

use crate::app::change_prune::{Pruned, prune};
use crate::model::diagnostic::{Diagnostics, Reply};

use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;

pub const COMMAND: Command = Command::of::<PruneArgs>(
    &["change", "prune"],
    "remove old revisions, and the keys that only they hold",
    "The running revision and the one that staged edits began on always stay.

Examples:
  sealpost change prune --dry-run
  sealpost change prune --keep 3",
);

#[derive(Args)]
pub struct PruneArgs {
    /// How many of the newest revisions stay
    #[arg(long, value_name = "N", default_value_t = 10)]
    keep: usize,

    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
}

impl Verb for PruneArgs {
    type Answer = Pruned;

    fn run(self, session: &mut Session) -> Result<Reply<Pruned>, Diagnostics> {
        prune(&session.context(), self.keep, self.dry_run)
    }
}
