//! `sealpost cert export PROFILE`.

use clap::Args;

use crate::app::cert_export::{CertExported, cert_export};
use crate::cli::command::{Command, Verb};
use crate::cli::export_args::ExportArgs;
use crate::cli::passwords::PasswordArgs;
use crate::cli::profile_args::profile_name;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::profile_name::ProfileName;

pub const COMMAND: Command = Command::of::<Export>(
    &["cert", "export"],
    "write a profile to a file for another program",
    "PKCS#12 and PKCS#8 are always encrypted; the key in PEM or DER is encrypted when a password is given. What was made is read back
before the file is written. A file with a key has mode 0600, and a key goes to standard output only with --out -.

  --to     default part   other parts
  pem      fullchain      leaf, chain, key, all
  der      leaf           key
  pkcs7    fullchain      leaf, chain
  pkcs8    key
  pkcs12   all

Examples:
  sealpost cert export mx-2026 --to pkcs12 --password-file pw --out mx.p12
  sealpost cert export mx-2026 --to pem > fullchain.pem
  sealpost cert export mx-2026 --to pem --part all --out mx.pem
  sealpost cert export mx-2026 --to pkcs8 --password-env KEY_PASSWORD --out mx.key",
);

#[derive(Args)]
pub struct Export {
    /// The profile to export
    #[arg(value_parser = profile_name)]
    profile: ProfileName,

    #[command(flatten)]
    export: ExportArgs,

    #[command(flatten)]
    passwords: PasswordArgs,
}

impl Verb for Export {
    type Answer = CertExported;

    fn run(self, session: &mut Session) -> Result<Reply<CertExported>, Diagnostics> {
        let mut secrets = self.passwords.secrets(session, &[])?;
        let wanted = self.export.wanted(self.passwords.is_given());
        cert_export(&session.context(), &self.profile, &wanted, &mut secrets)
    }
}
