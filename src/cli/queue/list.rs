//! `sealpost queue list`.

use clap::{ArgMatches, Args, FromArgMatches};

use crate::app::queue_list::{QueueListOrder, QueueListed, list};
use crate::cli::command::Command;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::render::answer::{Answer, Exit};
use crate::render::json;
use crate::render::queue_list::{QueueForm, QueueTeller};

use super::selection_args::SelectionArgs;

pub const COMMAND: Command = Command {
    path: &["queue", "list"],
    alias: None,
    about: "what waits in the queue, where it goes, and why it is still there",
    arguments: List::augment_args,
    run,
    schema: || (QueueListed::SCHEMA, json::answer_schema::<QueueListed>()),
    details: "Message by message: its MID, sender, size and age, and for each group of recipients whether they are queued (not tried yet), deferred,
held or being delivered, how often they were tried, when they are tried next, and why they were not delivered. With --by-domain one
line for each domain. It needs no running engine.

\"delivery temporarily suspended\" means that a moment ago, for another message, every host of the domain was tried and none could be
used: this one waits with the same reason, and has lost no attempt. A flush tries it all the same.

Examples:
  sealpost queue list
  sealpost queue list --by-domain
  sealpost queue list --deferred --domain example.net
  sealpost queue list --mids --sender @example.org",
};

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    which: SelectionArgs,

    /// How much waits for each domain
    #[arg(long, conflicts_with_all = ["mids_only", "limit"])]
    by_domain: bool,

    /// The MIDs alone, one on a line, for another command's `-`
    #[arg(long = "mids")]
    mids_only: bool,

    /// At most so many messages, the oldest
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

fn run(matches: &ArgMatches, session: &mut Session) -> Exit {
    let verb = match List::from_arg_matches(matches) {
        Ok(verb) => verb,
        Err(error) => return session.usage_error(&error),
    };
    match session.has_form().and_then(|()| verb.run(session)) {
        Ok(exit) => exit,
        Err(errors) => session.finish::<QueueListed>(Err(errors)),
    }
}

impl List {
    /// Messages are told while others are still read.
    fn run(self, session: &Session) -> Result<Exit, Diagnostics> {
        let form = match (session.is_json(), self.mids_only) {
            (true, _) => QueueForm::Json,
            (false, true) => QueueForm::Mids,
            (false, false) => QueueForm::Text,
        };
        let mut teller = QueueTeller::new(form);
        let order = QueueListOrder { which: self.which.words(), by_domain: self.by_domain, limit: self.limit };
        let mut refused = None;
        let reply = list(&session.context(), &order, &mut |message| {
            let mut page = session.page();
            teller.message(&mut page, message);
            refused = session.print(&page).err();
            refused.is_none()
        })?;
        let mut page = session.page();
        let is_told =
            |remark: &&Diagnostic| session.is_json() || !session.is_quiet() || remark.severity == Severity::Error;
        let remarks: Vec<Diagnostic> = reply.remarks.iter().filter(is_told).cloned().collect();
        teller.end(&mut page, &reply.answer, &remarks);
        match refused.or_else(|| session.print(&page).err()) {
            Some(error) => Ok(session.output_refused(&error)),
            None => Ok(reply.answer.exit()),
        }
    }
}
