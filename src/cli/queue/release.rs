//! `sealpost queue release`.

use clap::Args;

use crate::app::queue_change::{QueueChangeOrder, QueueChanged, change};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::deliver::queue::Deed;
use crate::model::diagnostic::{Diagnostics, Reply};

use super::selection_args::SelectionArgs;

pub const COMMAND: Command = Command::of::<Release>(
    &["queue", "release"],
    "release held messages; they are due at once",
    "Examples:
  sealpost queue release 217
  sealpost queue release --held",
);

#[derive(Args)]
pub struct Release {
    #[command(flatten)]
    which: SelectionArgs,
}

impl Verb for Release {
    type Answer = QueueChanged;

    fn run(self, session: &mut Session) -> Result<Reply<QueueChanged>, Diagnostics> {
        change(&session.context(), &QueueChangeOrder { deed: Deed::Release, which: self.which.needed()? })
    }
}
