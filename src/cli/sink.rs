//! `sealpost sink`.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::app::sink::{SinkAsking, SinkOrder, SinkTls, Sunk, sink};
use crate::deliver::sink::failure::Failure;
use crate::deliver::sink::farm::Kind;
use crate::model::configuration::{TlsVersion, Word};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::private_key::KeyType;
use crate::render::sink as lines;
use crate::sys::clock;

use super::command::{Command, Verb};
use super::session::Session;

pub const COMMAND: Command = Command::of::<Sink>(
    &["sink"],
    "an SMTP server for tests: takes all mail, hashes it, and fails on purpose",
    "It prints one line when it listens and one for each message: who, what, over which TLS, with which SHA-256; as JSON with
--format json. It runs until Ctrl-C, SIGTERM or --count, then it prints what it was in all. Nothing is kept.

Its certificate comes from an authority that it makes for itself; with --authority the authority is kept in a file, which
several sinks can share and senders can trust.

Certificates: good, self-signed, expired, not-yet-valid, wrong-name, wrong-key, unknown-issuer, missing-intermediate, cn-only, ca-as-leaf,
wrong-usage.

Failures: greeting-554, greeting-421, greeting-stall, no-ehlo, no-starttls, starttls-on-greeting-line, starttls-454, starttls-554,
starttls-421, starttls-lost, starttls-stall, injected-reply, handshake-garbage, handshake-close, handshake-stall, handshake-alert,
legacy-tls, mail-451, mail-550, rcpt-450, rcpt-550, rcpt-half, data-451, data-554, data-close, data-stall, close-after-data.

Examples:
  sealpost sink --listen 127.0.0.1:2525
  sealpost sink --authority farm.pem --name mx1.example.com --certificate expired
  sealpost sink --fail starttls-454 --fail-first 2 --format json
  sealpost sink --fail no-starttls --count 10",
);

#[derive(Args)]
pub struct Sink {
    /// Address and port; port 0 takes a free one, which is printed
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// What it calls itself, and a name in its certificate (repeatable; a host name or an IP address)
    #[arg(long = "name", value_name = "NAME", default_value = "localhost")]
    names: Vec<String>,

    /// When TLS begins
    #[arg(long, value_name = "WHEN", default_value = "starttls", value_parser = word::<SinkTls>)]
    tls: SinkTls,

    /// Speak this version of TLS alone: 1.2 or 1.3
    #[arg(long, value_name = "VERSION", value_parser = word::<TlsVersion>)]
    tls_version: Option<TlsVersion>,

    /// What is right or wrong with its certificate
    #[arg(long, value_name = "KIND", default_value = "good", value_parser = word::<Kind>)]
    certificate: Kind,

    /// The kind of key to make
    #[arg(long, value_name = "TYPE", default_value = "ecdsa-p256", value_parser = key_type)]
    key_type: KeyType,

    /// Show this chain, from a PEM file that also holds the key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["certificate", "key_type", "authority"])]
    certificate_file: Option<String>,

    /// Where the authority is kept, as PEM with its key; made when it is missing
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,

    /// Ask for a client certificate: no, ask, or require (the handshake fails without)
    #[arg(long, value_name = "HOW", default_value = "no", value_parser = word::<SinkAsking>)]
    client_certificate: SinkAsking,

    /// Fail in this way (repeatable, or separated by commas)
    #[arg(long = "fail", value_name = "HOW", value_delimiter = ',', value_parser = word::<Failure>)]
    failures: Vec<Failure>,

    /// Fail on this many connections, then behave
    #[arg(long, value_name = "N")]
    fail_first: Option<u64>,

    /// Wait before each reply to a message
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    slow: u64,

    /// End after this many messages
    #[arg(long, value_name = "N")]
    count: Option<u64>,

    /// Print nothing about single messages
    #[arg(long)]
    silent: bool,
}

impl Sink {
    fn order(self) -> SinkOrder {
        SinkOrder {
            listen: self.listen,
            names: self.names,
            tls: self.tls,
            version: self.tls_version,
            kind: self.certificate,
            key_type: self.key_type,
            certificate_file: self.certificate_file,
            authority_file: self.authority,
            asking: self.client_certificate,
            failures: self.failures,
            failing_connections: self.fail_first,
            slowness: Duration::from_millis(self.slow),
            count: self.count,
            silent: self.silent,
        }
    }
}

impl Verb for Sink {
    type Answer = Sunk;

    fn run(self, session: &mut Session) -> Result<Reply<Sunk>, Diagnostics> {
        let as_json = session.is_json();
        sink(&self.order(), clock::now(), &mut |line| {
            let mut out = io::stdout().lock();
            out.write_all(lines::line(line, as_json).as_bytes()).and_then(|()| out.flush()).is_ok()
        })
    }
}

/// One of the words of `W`, with all of them in the error.
fn word<W: Word>(text: &str) -> Result<W, String> {
    W::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = W::WORDS.iter().map(|(_, word)| *word).collect();
        format!("one of: {}", words.join(", "))
    })
}

fn key_type(text: &str) -> Result<KeyType, String> {
    text.parse().map_err(|()| format!("one of: {}", KeyType::ALL.map(KeyType::as_str).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_word() {
        let kinds = Kind::WORDS.iter().map(|(_, word)| *word);
        for word in kinds.chain(Failure::WORDS.iter().map(|(_, word)| *word)) {
            let is_named = COMMAND.details.split([' ', ',', '.', '\n']).any(|named| named == word);
            assert!(is_named, "{word} is missing in the help");
        }
    }
}
