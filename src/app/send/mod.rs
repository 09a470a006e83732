//! `send`: messages over SMTP with any setting for TLS, to a host or where DNS says, and what happened to them.

mod load;
mod surroundings;

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::connection::Security;
use crate::deliver::envelope::Address;
use crate::deliver::outcome::{Ended, Outcome};
use crate::model::configuration::{DeliveryTls, RouteTarget, Word};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::host_name::HostName;
use crate::model::moment::Moment;
use crate::sys::{input, runtime};

use super::sink::no_runtime;

/// Octets of a message from a file.
const MESSAGE_LIMIT: u64 = 256 << 20;

/// What shall be sent.
#[derive(Debug, Clone)]
pub struct SendOrder {
    pub to: Vec<String>,
    /// Empty for the null path.
    pub from: String,
    /// In place of the MX hosts.
    pub host: Option<RouteTarget>,
    pub tls: DeliveryTls,
    pub verify_names: Vec<HostName>,
    /// PEM files, `system` or `none`.
    pub trust: Vec<String>,
    /// PEM file with a chain and its key, to show when we are asked.
    pub client_certificate: Option<String>,
    pub dns: Vec<SocketAddr>,
    /// What we say with EHLO.
    pub hello: HostName,
    /// A file, `-`, or nothing for a message that is made here.
    pub file: Option<String>,
    /// Octets of a message that is made here.
    pub size: usize,
    pub repeat: u64,
    pub concurrency: u16,
    pub messages_per_connection: u16,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sent {
    pub setting: String,
    /// Messages that every recipient's host took over.
    pub delivered: u64,
    /// Messages that would be tried again.
    pub deferred: u64,
    /// Messages that were refused for good.
    pub failed: u64,
    /// Delivered over TLS.
    pub over_tls: u64,
    /// Delivered to a host whose certificate was verified.
    pub verified: u64,
    pub connections: u64,
    /// Octets of the messages that were delivered.
    pub octets: u64,
    pub seconds: f64,
    /// From the beginning of each message's attempt to the reply to its end, in milliseconds; a new connection counts with it.
    pub latency: Latency,
    /// SHA-256 over the SHA-256 values of the delivered messages in sorted order, lower-case hexadecimal.
    pub sha256: String,
    /// The first message's recipients, or those of the first message that was not delivered.
    pub recipients: Vec<SentTo>,
    /// What the mail log would say of that message.
    pub log: Vec<String>,
}

/// Percentiles in milliseconds.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Latency {
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

/// What became of one recipient.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SentTo {
    pub recipient: String,
    /// `delivered`, `deferred` or `failed`.
    pub outcome: &'static str,
    /// RFC 3463.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The cause, by the lint rule that says the same or a name of that form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The result type of RFC 8460.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How it travelled; absent when it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<SentSecurity>,
}

/// How a message travelled.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SentSecurity {
    /// OpenSSL's words; absent in clear text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cipher: Option<&'static str>,
    pub verified: bool,
    /// The reference name that the certificate has, and where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Why it is less than was hoped for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<String>,
}

/// Sends, and waits for the answers.
pub fn send(order: &SendOrder, now: Moment) -> Result<Reply<Sent>, Diagnostics> {
    let message = match &order.file {
        Some(file) => {
            Some(input::read(file, MESSAGE_LIMIT).map_err(|error| unreadable(file, &error.to_string()))?.bytes)
        }
        None => None,
    };
    let to = addresses(order)?;
    let runtime = runtime::threads().map_err(|error| no_runtime(&error))?;
    let in_use = surroundings::in_use(order, &to, now)?;
    let sent = runtime.block_on(load::run(order, to, in_use, message, now));
    runtime.shutdown_background();
    Ok(sent?.into())
}

fn addresses(order: &SendOrder) -> Result<Vec<Address>, Diagnostics> {
    let mut told = Vec::new();
    let mut parsed: Vec<Address> = Vec::new();
    for text in &order.to {
        match text.parse() {
            Ok(address) => parsed.push(address),
            Err(error) => told.push(
                Diagnostic::error("send/address", format!("`{text}` is no mail address")).fact(format!("{error}")),
            ),
        }
    }
    let domains: std::collections::BTreeSet<_> = parsed.iter().map(Address::domain).collect();
    if domains.len() > 1 {
        let named: Vec<String> = domains.iter().map(ToString::to_string).collect();
        told.push(
            Diagnostic::error("send/domains", "all recipients of one `send` are at the same domain")
                .fact(format!("domains given: {}", named.join(", "))),
        );
    }
    match Diagnostics::if_errors(told) {
        None => Ok(parsed),
        Some(told) => Err(told),
    }
}

fn unreadable(file: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("input/unreadable", "the file cannot be used")
        .at_what(crate::model::place::Place::file(file), reason)
}

impl Sent {
    /// Every message was delivered.
    pub fn is_complete(&self) -> bool {
        self.deferred == 0 && self.failed == 0
    }
}

impl SentTo {
    fn of(recipient: &Address, ended: &Ended) -> SentTo {
        let (outcome, reason, reply) = match &ended.outcome {
            Outcome::Delivered { reply, .. } => ("delivered", None, Some(reply)),
            Outcome::Deferred(reason) | Outcome::Suspended(reason) => ("deferred", Some(reason), reason.reply()),
            Outcome::Failed(reason) => ("failed", Some(reason), reason.reply()),
            Outcome::Postponed(_) => ("deferred", None, None),
        };
        let via = ended.via.as_ref();
        SentTo {
            recipient: recipient.to_string(),
            outcome,
            status: reason.map(|reason| reason.status().to_string()),
            code: reason.map(|reason| reason.code().to_owned()),
            result: reason.and_then(|reason| reason.result()).map(|result| result.to_string()),
            reason: reason.map(ToString::to_string),
            reply: reply.map(ToString::to_string),
            host: via.map(|via| via.peer.host.to_string()),
            address: via.map(|via| via.peer.socket.to_string()),
            security: via.and_then(|via| via.security.as_ref()).map(SentSecurity::of),
        }
    }
}

impl SentSecurity {
    fn of(security: &Security) -> SentSecurity {
        let (protocol, cipher) = match security {
            Security::Clear(_) => (None, None),
            Security::Encrypted { protocol, cipher, .. } | Security::Verified { protocol, cipher, .. } => {
                (Some(*protocol), Some(*cipher))
            }
        };
        let matched = match security {
            Security::Verified { matched, .. } => Some(&matched.named),
            _ => None,
        };
        SentSecurity {
            protocol,
            cipher,
            verified: matched.is_some(),
            matched: matched.map(|named| named.reference.to_string()),
            source: matched.map(|named| named.source.to_string()),
            shortfall: security.shortfall().map(|reason| reason.to_string()),
        }
    }
}

fn setting_word(setting: DeliveryTls) -> String {
    setting.word().to_owned()
}
