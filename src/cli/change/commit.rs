//! `sealpost change commit`.

use clap::Args;

use crate::app::change_commit::{CommitOrder, Committed, commit};
use crate::model::diagnostic::{Diagnostics, Reply};

use crate::cli::accept_args::AcceptArgs;
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;

pub const COMMAND: Command = Command::of::<Commit>(
    &["change", "commit"],
    "make what is staged run, as a new revision",
    "All or nothing: a commit that is interrupted leaves the old revision running, or the new one.

Every role that the change touches is inspected first. An error blocks the commit, and what ran before is still running; a
self-signed certificate is a warning and never blocks. An error can be let pass with its reason, but not a missing key, a key
that does not belong to the certificate, or a profile that cannot be loaded.

Examples:
  sealpost change commit \"renewed mx1\"
  sealpost change commit --rebase
  sealpost change commit --accept cert/expired-leaf --reason \"the new one comes on Monday\" --until 2027-02-14",
)
.alias("commit");

#[derive(Args)]
pub struct Commit {
    /// Why; kept with the revision
    comment: Option<String>,

    /// Put edits that began on an older revision on top of the running one, when both touch different things
    #[arg(long)]
    rebase: bool,

    #[command(flatten)]
    accept: AcceptArgs,
}

impl Verb for Commit {
    type Answer = Committed;

    fn run(self, session: &mut Session) -> Result<Reply<Committed>, Diagnostics> {
        let ask_dns = self.accept.ask_dns();
        let order = CommitOrder { comment: self.comment, rebase: self.rebase, accepting: self.accept.into(), ask_dns };
        commit(&session.context(), &order)
    }
}
