//! `sealpost queue hold`.

use clap::Args;

use crate::app::queue_change::{QueueChangeOrder, QueueChanged, change};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::deliver::queue::Deed;
use crate::model::diagnostic::{Diagnostics, Reply};

use super::selection_args::SelectionArgs;

pub const COMMAND: Command = Command::of::<Hold>(
    &["queue", "hold"],
    "hold messages back until they are released",
    "A held message is not tried, does not expire, and is there after a restart. An attempt that is under way goes on to its end.

Examples:
  sealpost queue hold 217
  sealpost queue hold --domain example.net
  sealpost queue list --mids --sender @example.org | sealpost queue hold -",
);

#[derive(Args)]
pub struct Hold {
    #[command(flatten)]
    which: SelectionArgs,
}

impl Verb for Hold {
    type Answer = QueueChanged;

    fn run(self, session: &mut Session) -> Result<Reply<QueueChanged>, Diagnostics> {
        change(&session.context(), &QueueChangeOrder { deed: Deed::Hold, which: self.which.needed()? })
    }
}
