//! `sealpost config save`.

use clap::Args;

use crate::app::config_save::{ConfigSaved, Secrecy, config_save};
use crate::cli::command::{Command, Verb};
use crate::cli::out_args::OutArgs;
use crate::cli::passwords::PasswordArgs;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Save>(
    &["config", "save"],
    "write everything that runs to one file",
    "The file holds sealpost.toml, every profile with its key, and the custom authorities, as they stand in the running revision; staged
edits are not in it.

  (nothing)   private keys and passwords are masked: for reading and comparing; cannot be loaded
  --encrypt   everything under a passphrase, in the age format, which `age -d` and `rage -d` open too
  --plain     everything as it is: guard the file as you guard the keys

A file that is there already is only replaced with --force, and no one but you can read it (mode 0600).

Examples:
  sealpost config save > for-the-ticket.txt
  sealpost config save --encrypt --password-file passphrase --out gateway.age
  sealpost config save --plain --out gateway.conf",
)
.alias("saveconfig");

#[derive(Args)]
pub struct Save {
    /// Encrypt the file with a passphrase
    #[arg(long, conflicts_with = "plain")]
    encrypt: bool,

    /// Write private keys and passwords as they are
    #[arg(long)]
    plain: bool,

    #[command(flatten)]
    out: OutArgs,

    #[command(flatten)]
    passwords: PasswordArgs,
}

impl Verb for Save {
    type Answer = ConfigSaved;

    fn run(self, session: &mut Session) -> Result<Reply<ConfigSaved>, Diagnostics> {
        let secrecy = match (self.encrypt, self.plain) {
            (true, _) => Secrecy::Encrypted,
            (_, true) => Secrecy::Plain,
            (false, false) => Secrecy::Masked,
        };
        let mut secrets = self.passwords.secrets(session, &[])?;
        config_save(&session.context(), secrecy, &self.out.into(), &mut secrets)
    }
}
