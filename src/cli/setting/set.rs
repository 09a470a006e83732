//! `sealpost setting set KEY VALUE…`, `KEY=VALUE…`.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::setting_words::{How, read};
use crate::app::settings;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Set>(
    &["setting", "set"],
    "set what is set key by key",
    "Either one key with its value, or for a list its values; or several KEY=VALUE at once, all of them or none, where commas part the \
     values of a list. The value of a secret comes from a file; a key of bounce verification that is added goes to the front and tags from now on.

Examples:
  sealpost setting set limits.message-size 20M
  sealpost setting set alerts.to postmaster@example.com security@example.com
  sealpost setting set ldap.host=ldap.example.com ldap.base=dc=example,dc=com
  sealpost setting set --add bounce-verification.keys --from-file new.key
  sealpost setting set --unset limits.message-size ldap",
);

#[derive(Args)]
pub struct Set {
    /// `KEY VALUE…`, or `KEY=VALUE…`; with --unset keys and tables
    #[arg(required = true, value_name = "KEY", allow_negative_numbers = true)]
    words: Vec<String>,

    /// Put the values into a list beside the others
    #[arg(long, conflicts_with_all = ["remove", "unset"])]
    add: bool,

    /// Take the values out of a list
    #[arg(long, conflicts_with = "unset")]
    remove: bool,

    /// Take keys and tables away, so that their defaults hold again
    #[arg(long)]
    unset: bool,

    /// Read the values of one key from a file, one a line (`-` = standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "unset")]
    from_file: Option<String>,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Set {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        let how = match (self.add, self.remove, self.unset) {
            (true, _, _) => How::Add,
            (_, true, _) => How::Remove,
            (_, _, true) => How::Unset,
            _ => How::Set,
        };
        let settings = read(&self.words, how, self.from_file.as_deref())?;
        settings::set(&session.context(), &self.commit.into(), &settings)
    }
}
