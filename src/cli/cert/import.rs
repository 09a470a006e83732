//! `sealpost cert import PROFILE FILE…`.

use clap::Args;

use crate::app::cert_import::{CertImported, Order, cert_import};
use crate::app::reading::Source;
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::entry_args::EntryArgs;
use crate::cli::passwords::PasswordArgs;
use crate::cli::profile_args::profile_name;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::profile_name::ProfileName;

pub const COMMAND: Command = Command::of::<Import>(
    &["cert", "import"],
    "take back what a CA signed, or a key with its certificates",
    "Takes any mix of files in any order: PEM with anything around it, DER, PKCS#7, PKCS#8, PKCS#12, Java keystores. The leaf is the
certificate that belongs to the key; the chain is put in order, repeats and strangers are left out, and all of that is said.

A profile that exists keeps its key: the files must hold the CA's answer to its request, and the version before is kept.
A new profile takes the one private key in the files. Of several, --entry says which; a profile that exists takes its own.

Examples:
  sealpost cert import mx-2026 signed.pem intermediate.pem
  sealpost cert import mx-2026 answer.p7b --commit \"signed by Example CA\"
  sealpost cert import old-gateway old.pfx --password-file pw --dry-run
  sealpost cert import mx2 keystore.jks --password-file pw --entry mx2",
);

#[derive(Args)]
pub struct Import {
    /// The profile: one that waits for this answer, or a new one
    #[arg(value_parser = profile_name)]
    profile: ProfileName,

    /// The files, in any order (`-` = standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,

    #[command(flatten)]
    entry: EntryArgs,

    /// Import in spite of this finding, such as cert/expired-leaf
    #[arg(long, value_name = "CODE")]
    accept: Vec<String>,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    passwords: PasswordArgs,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Import {
    type Answer = CertImported;

    fn run(self, session: &mut Session) -> Result<Reply<CertImported>, Diagnostics> {
        let mut secrets = self.passwords.secrets(session, &self.files)?;
        let order = Order {
            profile: self.profile,
            sources: Source::files(self.files),
            choice: self.entry.choice(),
            accept: self.accept,
            dry_run: self.dry_run,
            committing: self.commit.into(),
        };
        cert_import(&session.context(), &order, &mut secrets)
    }
}
