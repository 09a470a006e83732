//! `sealpost queue flush`.

use clap::Args;

use crate::app::queue_change::{QueueChangeOrder, QueueChanged, change};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::deliver::queue::Deed;
use crate::model::diagnostic::{Diagnostics, Reply};

use super::selection_args::SelectionArgs;

pub const COMMAND: Command = Command::of::<Flush>(
    &["queue", "flush"],
    "try waiting messages now",
    "Without a selection, everything that waits is tried. A destination whose hosts could not be used a moment ago is tried, too. What is
held stays so. The engine begins at once; without one, the messages are due when it starts.

Examples:
  sealpost queue flush
  sealpost queue flush --domain example.net
  sealpost queue flush 217 218",
);

#[derive(Args)]
pub struct Flush {
    #[command(flatten)]
    which: SelectionArgs,
}

impl Verb for Flush {
    type Answer = QueueChanged;

    fn run(self, session: &mut Session) -> Result<Reply<QueueChanged>, Diagnostics> {
        change(&session.context(), &QueueChangeOrder { deed: Deed::Flush, which: self.which.words() })
    }
}
