//! `sealpost verify FILE` and `sealpost verify --batch`.

use clap::{ArgMatches, Args, FromArgMatches};

use crate::app::rulesets;
use crate::app::verify::{Verified, VerifyOrder, verify};
use crate::app::verify_batch::{self, BatchResult};
use crate::app::verify_materials::{Inputs, TrustSource};
use crate::inspect::ruleset::Ruleset;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::{self, Moment};
use crate::render::answer::Exit;
use crate::render::json;
use crate::trust::question::purposes;
use crate::trust::reference::Reference;

use super::batch::answer_lines;
use super::command::{Command, Verb};
use super::network_args::NetworkArgs;
use super::passwords::PasswordArgs;
use super::session::Session;

pub const COMMAND: Command = Command {
    run,
    ..Command::of::<Verify>(
        &["verify"],
        "say whether a chain leads to a trusted root, and if not why",
        "The first certificate of the file is asked about; the others, and those of --pool, may complete its path, in any order.
All paths are tried. Exit status 0 means that one holds. Of a ruleset count its rules for paths, its use and whether the common name
counts; what its other rules find is told by lint.

The network is used with --fetch-issuers only: at most 64 KiB from each URL, four issuers above each other, within 10 seconds; no
redirects, no addresses but those of the public internet. What was fetched is named, and never trusted.

--batch reads one case a line as JSON (id, kind, trusted, intermediates, peer, time, name, eku, max_depth, crls; certificates
as PEM) and writes one verdict a line (id, result, context).

Examples:
  sealpost verify fullchain.pem --hostname mx1.example.com
  sealpost verify leaf.pem --trust roots.pem --intermediates chain.pem --at 2026-06-01T00:00:00Z --hostname mx1.example.com
  sealpost verify client.pem --ruleset smtp-client
  sealpost verify fullchain.pem --trust private=ca.pem --crl ca.crl --ruleset public-tls --format json",
    )
};

#[derive(Args)]
pub struct Verify {
    /// The chain, leaf first (`-` = standard input)
    #[arg(value_name = "FILE", required_unless_present = "batch")]
    file: Option<String>,

    /// Trust anchors: a file, the system's list, or none
    #[arg(long, value_name = "[LABEL=]FILE|system|none", default_value = "system")]
    trust: Vec<TrustSource>,

    /// Certificates that may complete the path: a file or a folder
    #[arg(long, visible_alias = "intermediates", value_name = "FILE|DIR")]
    pool: Vec<String>,

    /// Revocation lists; with one, every certificate below the anchor needs a status
    #[arg(long, value_name = "FILE")]
    crl: Vec<String>,

    /// A host name, IP address or mailbox the certificate must be for
    #[arg(long, visible_alias = "name", value_name = "NAME")]
    hostname: Vec<Reference>,

    /// The moment asked about; now without it
    #[arg(long, value_name = "RFC3339", value_parser = moment_of)]
    at: Option<Moment>,

    /// Purposes the certificates must allow; serverAuth without it (clientAuth under smtp-client); `any` asks for none
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    eku: Vec<String>,

    /// Intermediate certificates at most, self-issued ones not counted
    #[arg(long, value_name = "N")]
    max_depth: Option<u32>,

    /// By whose rules: the name of a ruleset as lint takes it, or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "rfc5280")]
    ruleset: String,

    #[command(flatten)]
    network: NetworkArgs,

    #[command(flatten)]
    password: PasswordArgs,

    /// Answer one JSON case a line
    #[arg(long, conflicts_with_all = ["file", "trust", "pool", "crl", "hostname", "at", "eku", "max_depth", "fetch_issuers"])]
    batch: bool,
}

/// For clap: RFC 3339.
pub(super) fn moment_of(text: &str) -> Result<Moment, String> {
    moment::from_rfc3339(text).ok_or_else(|| "a time such as 2026-06-01T00:00:00Z is wanted".into())
}

impl Verb for Verify {
    type Answer = Verified;

    fn run(self, session: &mut Session) -> Result<Reply<Verified>, Diagnostics> {
        let file = self.file.unwrap_or_else(|| "-".into());
        let mut secrets = self.password.secrets(session, std::slice::from_ref(&file))?;
        let ruleset = rulesets::ruleset(&self.ruleset, &[])?;
        let wanted = if self.eku.is_empty() { vec![ruleset.side.purpose().to_owned()] } else { self.eku };
        let purposes = purposes(&wanted).map_err(|name| {
            Diagnostic::error("verify/unknown-purpose", format!("`{name}` is no purpose of certificates")).help(
                "--eku serverAuth, clientAuth, emailProtection, codeSigning, timeStamping, OCSPSigning, any, or dotted",
            )
        })?;
        let order = VerifyOrder {
            fetch: self.network.fetch(),
            inputs: Inputs { file, trust: self.trust, pool: self.pool, crls: self.crl },
            names: self.hostname,
            purposes,
            at: self.at.unwrap_or(session.context().now),
            max_depth: self.max_depth,
            ruleset,
        };
        verify(&order, &mut secrets)
    }
}

/// A batch answers while it reads, so that it needs no more memory for a million cases than for one.
fn run(matches: &ArgMatches, session: &mut Session) -> Exit {
    match Verify::from_arg_matches(matches) {
        Ok(verb) if verb.batch => match rulesets::ruleset(&verb.ruleset, &[]) {
            Ok(ruleset) => batch(&ruleset, session),
            Err(errors) => session.finish::<Verified>(Err(errors)),
        },
        Ok(verb) => {
            let result = verb.run(session);
            session.finish(result)
        }
        Err(error) => session.usage_error(&error),
    }
}

fn batch(ruleset: &Ruleset, session: &Session) -> Exit {
    let now = session.context().now;
    answer_lines(|line| {
        let verdict = verify_batch::answer(line, ruleset, now);
        let exit = match (&verdict.id, verdict.result) {
            (None, _) => Exit::Failed,
            (Some(_), BatchResult::Failure) => Exit::No,
            _ => Exit::Done,
        };
        (json::compact(&verdict), exit)
    })
}
