//! `sealpost convert FILE…`.

use clap::Args;

use crate::app::convert::{Converted, convert};
use crate::cli::command::{Command, Verb};
use crate::cli::entry_args::EntryArgs;
use crate::cli::export_args::ExportArgs;
use crate::cli::passwords::{NewPasswordArgs, PasswordArgs};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<Convert>(
    &["convert"],
    "from files of any form to one file of a chosen form; no home needed",
    "Reads what `sealpost cert import` reads, and writes what `sealpost cert export` writes. The chain is put in order on the way.
Certificates alone (--part fullchain, leaf or chain) need no key, and so no password of a key.

Examples:
  sealpost convert old.pfx --password-file pw --to pem --out all.pem
  sealpost convert mail.key fullchain.pem --to pkcs12 --new-password-file pw --out mail.p12
  sealpost convert store.p12 --password-file pw --entry mx2 --to pem --out mx2.pem
  sealpost convert chain.p7b --to pem > chain.pem",
);

#[derive(Args)]
pub struct Convert {
    /// The files to read, in any order (`-` = standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    #[command(flatten)]
    entry: EntryArgs,

    #[command(flatten)]
    export: ExportArgs,

    #[command(flatten)]
    passwords: PasswordArgs,

    #[command(flatten)]
    new_passwords: NewPasswordArgs,
}

impl Verb for Convert {
    type Answer = Converted;

    fn run(self, session: &mut Session) -> Result<Reply<Converted>, Diagnostics> {
        let mut secrets = self.passwords.secrets_and_new(&self.new_passwords, session, &self.files)?;
        let wanted = self.export.wanted(self.new_passwords.is_given());
        convert(&self.files, &self.entry.choice(), wanted, session.context().now, &mut secrets)
    }
}
