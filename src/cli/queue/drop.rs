//! `sealpost queue drop`.

use clap::Args;

use crate::app::queue_change::{QueueChangeOrder, QueueChanged, change, count};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::deliver::queue::Deed;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::moment::plural;

use super::selection_args::SelectionArgs;

pub const COMMAND: Command = Command::of::<Drop>(
    &["queue", "drop"],
    "remove messages for good, without a bounce",
    "Nobody is told: no bounce is sent to their senders. Asks first; --yes answers. With --domain, the other recipients of a message stay.

Examples:
  sealpost queue drop 217
  sealpost queue drop --sender spam@example.org --yes
  sealpost queue list --mids --domain example.net | sealpost queue drop - --yes",
);

#[derive(Args)]
pub struct Drop {
    #[command(flatten)]
    which: SelectionArgs,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Verb for Drop {
    type Answer = QueueChanged;

    fn run(self, session: &mut Session) -> Result<Reply<QueueChanged>, Diagnostics> {
        let which = self.which.needed()?;
        if !self.yes {
            let count = count(&session.context(), &which)?;
            let (recipients, messages) = (plural(count.recipients, "recipient"), plural(count.messages, "message"));
            session.confirm(&format!("Drop {recipients} of {messages}, without telling their senders?"))?;
        }
        change(&session.context(), &QueueChangeOrder { deed: Deed::Drop, which })
    }
}
