//! `sealpost send`.

use std::net::{IpAddr, SocketAddr};

use clap::Args;

use crate::app::send::{SendOrder, Sent, send};
use crate::model::configuration::{DeliveryTls, RouteHost, RouteTarget, Word};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::host_name::HostName;
use crate::sys::{clock, host};

use super::command::{Command, Verb};
use super::network_args::server;
use super::session::Session;

pub const COMMAND: Command = Command::of::<Send>(
    &["send"],
    "send a message with any setting for TLS, and tell what happened; many of them as a load",
    "It goes to the mail hosts of the recipients' domain, or to --host. It tells what the mail log would say, and whom each recipient's
message was delivered to, over which TLS, verified by which name; --format json has all of it. Nothing is queued: what
is not delivered is told with its reason, and the exit code is 1.

With --repeat it measures: messages differ by their Message-ID, connections are used again, and the answer has the percentiles
of the time to the 250.

Settings: no, preferred, required, preferred-verify, required-verify, required-verify-hosted.

Examples:
  sealpost send --to postmaster@example.com --tls required-verify-hosted
  sealpost send --to you@example.com --host mx1.example.com:25 --trust roots.pem --tls required-verify message.eml
  sealpost send --to a@example.com --host 127.0.0.1:2525 --tls required --repeat 1000 --concurrency 20",
);

#[derive(Args)]
pub struct Send {
    /// Recipient (repeatable; all at one domain)
    #[arg(long, required = true, value_name = "ADDRESS")]
    to: Vec<String>,

    /// Envelope sender; empty for the null path
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,

    /// Host and port in place of the domain's mail hosts; port 25 unless told
    #[arg(long, value_name = "HOST[:PORT]", value_parser = target)]
    host: Option<RouteTarget>,

    /// Setting for TLS, as in destination controls
    #[arg(long, value_name = "SETTING", default_value = "preferred", value_parser = setting)]
    tls: DeliveryTls,

    /// Further name that the certificate may have (repeatable)
    #[arg(long = "verify-name", value_name = "NAME")]
    verify_names: Vec<HostName>,

    /// Authorities that are trusted: a PEM file, `system` or `none` (repeatable; the system's without it)
    #[arg(long, value_name = "FILE|system|none")]
    trust: Vec<String>,

    /// PEM file with a chain and its key, shown when the host asks for it
    #[arg(long, value_name = "FILE")]
    client_certificate: Option<String>,

    /// DNS server (repeatable; the machine's without it)
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = server)]
    dns: Vec<SocketAddr>,

    /// What to say with EHLO; this machine's name without it
    #[arg(long, value_name = "NAME")]
    hostname: Option<HostName>,

    /// Octets of a message that is made here
    #[arg(long, value_name = "OCTETS", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(..=100_000_000))]
    size: u32,

    /// Send this many messages
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    repeat: u64,

    /// So many at the same time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    concurrency: u16,

    /// Messages on one connection
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    messages_per_connection: u16,

    /// The message; `-` is standard input; one is made without it
    file: Option<String>,
}

impl Verb for Send {
    type Answer = Sent;

    fn run(self, _session: &mut Session) -> Result<Reply<Sent>, Diagnostics> {
        let hello = self.hostname.or_else(|| host::full_name().parse().ok());
        let hello = hello.map_or_else(|| HostName::parse("localhost"), Ok);
        let hello = hello.map_err(|error| Diagnostic::error("send/hostname", error.to_string()))?;
        let order = SendOrder {
            from: self.from.unwrap_or_else(|| format!("sealpost@{hello}")),
            to: self.to,
            host: self.host,
            tls: self.tls,
            verify_names: self.verify_names,
            trust: self.trust,
            client_certificate: self.client_certificate,
            dns: self.dns,
            hello,
            file: self.file,
            size: self.size as usize,
            repeat: self.repeat,
            concurrency: self.concurrency,
            messages_per_connection: self.messages_per_connection,
        };
        send(&order, clock::now())
    }
}

fn setting(text: &str) -> Result<DeliveryTls, String> {
    DeliveryTls::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = DeliveryTls::WORDS.iter().map(|(_, word)| *word).collect();
        format!("one of: {}", words.join(", "))
    })
}

/// `mx1.example.com`, `mx1.example.com:2525`, `192.0.2.1:25`, `[2001:db8::1]:25`.
fn target(text: &str) -> Result<RouteTarget, String> {
    let made = |host, port| RouteTarget { host, port, priority: 0 };
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Ok(made(RouteHost::Address(socket.ip()), socket.port()));
    }
    if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(made(RouteHost::Address(address), 25));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| format!("`{port}` is no port"))?),
        None => (text, 25),
    };
    let host = host.parse::<HostName>().map_err(|error| format!("`{host}` is no host name: {error}"))?;
    Ok(made(RouteHost::Name(host), port))
}
