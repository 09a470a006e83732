//! `sealpost config check [FILE]`.

use clap::Args;

use crate::app::config_check::{Checked, Subject, config_check};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Check>(
    &["config", "check"],
    "find every mistake in the configuration, and what is bound to fail",
    "Looks at the staged configuration, or at what runs when nothing is staged, or at a file that need not belong to a home. Every mistake
is told with its line; what reads well and cannot work is a warning: a listener that relays for everyone, a public one that requires TLS of
everyone, mail that would come back here, alerts that go to nobody.

The answer is no, and the exit status 1, when there is an error or a warning.

Examples:
  sealpost config check
  sealpost config check sealpost.toml --no-dns",
);

#[derive(Args)]
pub struct Check {
    /// A configuration to look at instead (`-` = standard input)
    file: Option<String>,

    /// Look at what runs
    #[arg(long, conflicts_with = "file")]
    running: bool,

    /// Do not ask DNS for MX records
    #[arg(long)]
    no_dns: bool,
}

impl Verb for Check {
    type Answer = Checked;

    fn run(self, session: &mut Session) -> Result<Reply<Checked>, Diagnostics> {
        let subject = match self.file {
            Some(file) => Subject::File(file),
            None if self.running => Subject::Running,
            None => Subject::Staged,
        };
        config_check(&session.context(), &subject, !self.no_dns)
    }
}
