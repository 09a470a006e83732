//! `sealpost authority import FILE…`.

use clap::Args;

use crate::app::authority_import::{AuthoritiesImported, ImportOrder, authority_import};
use crate::app::reading::Source;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::passwords::PasswordArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Import>(
    &["authority", "import"],
    "trust the authorities in some files: they join the custom list",
    "Every certificate is looked at first. One that is not that of an authority is refused by name, and so is an intermediate whose
root is neither given nor trusted; then nothing is imported. What is in the list already or has expired is left out.

`authority remove` takes authorities away; --replace puts these in place of the whole list.

Examples:
  sealpost authority import private-root.pem
  sealpost authority import partners.p7b --commit \"trust our partners' authorities\"
  sealpost authority import --replace list.pem",
);

#[derive(Args)]
pub struct Import {
    /// Files in any form that may hold certificates (`-` = standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    /// Let them take the place of the whole custom list
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    passwords: PasswordArgs,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Import {
    type Answer = AuthoritiesImported;

    fn run(self, session: &mut Session) -> Result<Reply<AuthoritiesImported>, Diagnostics> {
        let mut secrets = self.passwords.secrets(session, &self.files)?;
        let order =
            ImportOrder { sources: Source::files(self.files), replace: self.replace, committing: self.commit.into() };
        authority_import(&session.context(), &order, &mut secrets)
    }
}
