//! `sealpost cert new PROFILE`.

use clap::Args;

use crate::app::cert_new::{DEFAULT_DAYS, NewCertificate, NewOrder, cert_new};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::identity_args::{IdentityArgs, key_type_parser};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::private_key::KeyType;

pub const COMMAND: Command = Command::of::<New>(
    &["cert", "new"],
    "make a key and a self-signed certificate, and a request that says the same",
    "A self-signed certificate encrypts, and proves nothing to anybody who does not know it. For one that an authority signs,
use `sealpost cert request`.

Examples:
  sealpost cert new mx-2026 --for listener:IncomingMail
  sealpost cert new mx-2026 --cn mx1.example.com --san mail.example.com --san IP:192.0.2.1 --days 90
  sealpost cert new lab --cn mx1.example.com --key-type rsa-2048 --commit \"for the laboratory\"",
);

#[derive(Args)]
pub struct New {
    /// The new profile: letters, digits, `.`, `_` and `-`
    profile: String,

    #[command(flatten)]
    identity: IdentityArgs,

    /// Days of validity, 1 to 36500
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DAYS, allow_negative_numbers = true)]
    days: i64,

    /// The kind of key; rsa-2048 is the choice for very old peers
    #[arg(long, value_name = "TYPE", value_parser = key_type_parser(), default_value = KeyType::default().as_str())]
    key_type: KeyType,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for New {
    type Answer = NewCertificate;

    fn run(self, session: &mut Session) -> Result<Reply<NewCertificate>, Diagnostics> {
        let order = NewOrder {
            wish: self.identity.wish(),
            role: self.identity.role,
            profile: self.profile,
            key_type: self.key_type,
            days: self.days,
            committing: self.commit.into(),
        };
        cert_new(&session.context(), &order)
    }
}
