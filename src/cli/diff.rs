//! `sealpost diff OLD NEW`.

use clap::Args;

use crate::app::diff::{Compared, diff};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::moment::{self, Moment};

use super::command::{Command, Verb};
use super::passwords::PasswordArgs;
use super::session::Session;

pub const COMMAND: Command = Command::of::<Diff>(
    &["diff"],
    "say whether a new chain is a routine renewal of an old one, or a material change",
    "Compares names, key, issuer, usage, chain and lifetime of the certificates in two files of any form, in any order.
A renewal changes serial number, dates, the key for another of its kind, and the intermediates of one organization. Everything
else is marked with `!`. Exit status 0 means the same or a routine renewal, 1 a material change. No home is needed.

Examples:
  sealpost diff fullchain.pem renewed.pem
  sealpost diff old.p12 new.pem --password-file pw --format json",
);

#[derive(Args)]
pub struct Diff {
    /// The chain in use (`-` = standard input)
    #[arg(value_name = "OLD")]
    old: String,

    /// The chain that shall take its place
    #[arg(value_name = "NEW")]
    new: String,

    /// The moment asked about; now without it
    #[arg(long, value_name = "RFC3339", value_parser = moment_of)]
    at: Option<Moment>,

    #[command(flatten)]
    passwords: PasswordArgs,
}

fn moment_of(text: &str) -> Result<Moment, String> {
    moment::from_rfc3339(text).ok_or_else(|| "a time such as 2026-06-01T00:00:00Z is wanted".into())
}

impl Verb for Diff {
    type Answer = Compared;

    fn run(self, session: &mut Session) -> Result<Reply<Compared>, Diagnostics> {
        let files = [self.old, self.new];
        let mut secrets = self.passwords.secrets(session, &files)?;
        let at = self.at.unwrap_or(session.context().now);
        let [old, new] = &files;
        diff(old, new, at, &mut secrets)
    }
}
