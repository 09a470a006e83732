//! Which messages a command of the queue is about.

use clap::Args;

use crate::app::queue_select::QueueWords;
use crate::model::diagnostic::{Diagnostic, Diagnostics};

#[derive(Args)]
pub struct SelectionArgs {
    /// Messages by their MIDs (`-` = a list of them on standard input)
    #[arg(value_name = "MID")]
    mids: Vec<String>,

    /// Recipients at this domain alone
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,

    /// Messages from this address, from everybody at `@example.com`, or with the null path: `<>`
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,

    /// Held recipients alone
    #[arg(long, conflicts_with = "deferred")]
    held: bool,

    /// Those alone that were not delivered for some reason, and are not held
    #[arg(long)]
    deferred: bool,

    /// Everything in the queue
    #[arg(long, conflicts_with_all = ["mids", "domain", "sender", "held", "deferred"])]
    all: bool,
}

impl SelectionArgs {
    pub fn words(self) -> QueueWords {
        let SelectionArgs { mids, domain, sender, held, deferred, all } = self;
        QueueWords { mids, domain, sender, held, deferred, all }
    }

    /// For commands that must be told what they are about.
    pub fn needed(self) -> Result<QueueWords, Diagnostics> {
        let words = self.words();
        match words.is_empty() {
            false => Ok(words),
            true => Err(Diagnostic::error("queue/nothing-selected", "say which messages are meant")
                .fact("nothing was changed")
                .help("MIDs, --domain, --sender, --deferred, --held, or --all")
                .into()),
        }
    }
}
