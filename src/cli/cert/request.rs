//! `sealpost cert request PROFILE`.

use std::path::PathBuf;

use clap::Args;

use crate::app::cert_request::{RequestOrder, SigningRequest, cert_request};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::identity_args::{IdentityArgs, key_type_parser};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::private_key::KeyType;
use crate::sys::output::Existing;

pub const COMMAND: Command = Command::of::<Request>(
    &["cert", "request"],
    "make a key and the signing request that an authority is sent",
    "The key stays in the home. The request goes to standard output as PEM, or into a file.

With --key-from the key of a profile is used again, also for a request of that same profile; without any name the request
then says what its certificate says.

Examples:
  sealpost cert request mx-2026 --for listener:IncomingMail --out mx.csr
  sealpost cert request mx-2026 --cn mx1.example.com --san mail.example.com --org \"Example GmbH\" --country DE --out mx.csr
  sealpost cert request mx-2026 --key-from mx-2026 --out renewal.csr --commit \"renewal with the same key\"",
);

#[derive(Args)]
pub struct Request {
    /// The profile: letters, digits, `.`, `_` and `-`
    profile: String,

    #[command(flatten)]
    identity: IdentityArgs,

    /// The kind of key; rsa-2048 is the choice for very old peers
    #[arg(long, value_name = "TYPE", value_parser = key_type_parser(), default_value = KeyType::default().as_str())]
    key_type: KeyType,

    /// Use the key of this profile instead of a new one
    #[arg(long, value_name = "PROFILE", conflicts_with = "key_type")]
    key_from: Option<String>,

    /// Write the request into this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Overwrite the file
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for Request {
    type Answer = SigningRequest;

    fn run(self, session: &mut Session) -> Result<Reply<SigningRequest>, Diagnostics> {
        let order = RequestOrder {
            wish: self.identity.wish(),
            role: self.identity.role,
            profile: self.profile,
            key_type: self.key_type,
            key_from: self.key_from,
            out: self.out,
            existing: if self.force { Existing::Replace } else { Existing::Keep },
            committing: self.commit.into(),
        };
        cert_request(&session.context(), &order)
    }
}
