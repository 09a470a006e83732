//! `sealpost show FILE…`.

use clap::Args;

use crate::app::show::{Detail, Shown, show};
use crate::model::diagnostic::{Diagnostics, Reply};

use super::command::{Command, Verb};
use super::entry_args::EntryArgs;
use super::passwords::PasswordArgs;
use super::session::Session;

pub const COMMAND: Command = Command::of::<Show>(
    &["show"],
    "show what files are and what is in them",
    "Certificates, chains, signing requests, keys, PKCS#12, PKCS#7 and Java keystores, in PEM or DER, whole or damaged.
No home is needed. Everything in the files gets a number; the tree at the end says who issued whom.
Of a locked file the protection is shown, and what is in it when a password is given. Private keys are never printed.
Ends with 2 when something could not be read, after everything that could be was shown.

Examples:
  sealpost show fullchain.pem
  sealpost show mail.p12 --password-file pw
  sealpost show mx.crt mx.key --tlsa
  openssl s_client -connect mx1.example.com:25 -starttls smtp -showcerts < /dev/null | sealpost show -",
);

#[derive(Args)]
pub struct Show {
    /// The files (`-` = standard input)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    #[command(flatten)]
    entry: EntryArgs,

    /// Every field and every extension
    #[arg(long)]
    full: bool,

    /// The TLSA record `3 1 1` of each server certificate, request or key
    #[arg(long)]
    tlsa: bool,

    #[command(flatten)]
    passwords: PasswordArgs,
}

impl Verb for Show {
    type Answer = Shown;

    fn run(self, session: &mut Session) -> Result<Reply<Shown>, Diagnostics> {
        let mut secrets = self.passwords.secrets(session, &self.files)?;
        let detail = Detail { full: self.full, tlsa: self.tlsa };
        Ok(show(&session.context(), &self.files, &self.entry.choice(), detail, &mut secrets))
    }
}
