//! `sealpost config load FILE`.

use clap::Args;

use crate::app::config_load::{ConfigLoaded, config_load};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::passwords::PasswordArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Load>(
    &["config", "load"],
    "stage everything that a saved file says",
    "The file replaces everything: sealpost.toml, the profiles and the custom authorities. Profiles that are not in it are removed; their
keys stay in the older revisions. Nothing runs before `sealpost change commit`, and `sealpost change show` tells what would change.

A masked file is refused. One that was cut short or changed is refused too; whoever edited a plain file on purpose takes its line
`sha256:` out.

Examples:
  sealpost config load gateway.age --password-file passphrase
  sealpost config load gateway.conf --commit \"the gateway of the other site\"",
)
.alias("loadconfig");

#[derive(Args)]
pub struct Load {
    /// A file that `config save` wrote (`-` = standard input)
    file: String,

    #[command(flatten)]
    passwords: PasswordArgs,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Load {
    type Answer = ConfigLoaded;

    fn run(self, session: &mut Session) -> Result<Reply<ConfigLoaded>, Diagnostics> {
        let mut secrets = self.passwords.secrets(session, std::slice::from_ref(&self.file))?;
        config_load(&session.context(), &self.file, &mut secrets, &self.commit.into())
    }
}
