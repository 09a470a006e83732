//! The small tables: `[system]`, `[authorities]`, `[alerts]`, `[dns]`, `[limits]`, `[log]`, `[metrics]`. How they stand in the file is
//! in `settings_reading.rs`.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::host_name::HostName;

/// Stands in alerts and page headers only; plays no part in TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct System {
    pub hostname: Option<HostName>,
}

/// Which authority lists are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorities {
    pub system: bool,
    pub custom: bool,
}

impl Default for Authorities {
    fn default() -> Authorities {
        Authorities { system: true, custom: true }
    }
}

/// Who is told when something needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alerts {
    /// Mail addresses.
    pub to: Vec<String>,
    /// Envelope and header sender; `None` is `alerts@` and the system host name.
    pub from: Option<String>,
    /// A required TLS connection failed; destinations may say otherwise.
    pub tls_required: bool,
}

/// Resolvers; without any, those of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dns {
    pub servers: Vec<SocketAddr>,
}

/// Bounds of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Incoming connections at the same time.
    pub connections: u32,
    pub connections_per_address: u32,
    /// TLS handshakes under way at the same time.
    pub handshakes: u32,
    /// Octets of a message.
    pub message_size: u64,
    pub recipients_per_message: u32,
    pub messages_per_connection: u32,
    /// `Received` fields of a message (RFC 5321 section 6.3).
    pub hops: u32,
    /// Waiting for the next command.
    pub command_timeout: Duration,
    /// Waiting for the next octets of a message.
    pub data_timeout: Duration,
    /// STARTTLS reply and handshake together.
    pub handshake_timeout: Duration,
    /// Outgoing connections at the same time.
    pub deliveries: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 12_000,
            connections_per_address: 300,
            handshakes: 256,
            message_size: 50 << 20,
            recipients_per_message: 1_000,
            messages_per_connection: 1_000,
            hops: 100,
            command_timeout: Duration::from_secs(300),
            data_timeout: Duration::from_secs(180),
            handshake_timeout: Duration::from_secs(60),
            deliveries: 600,
        }
    }
}

/// The mail log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The same events as JSON lines in `log/mail.json`.
    pub json: bool,
    /// Octets after which the file is rotated.
    pub rotate_size: u64,
    /// Rotated files that are kept.
    pub keep: u32,
}

impl Default for Log {
    fn default() -> Log {
        Log { json: false, rotate_size: 100 << 20, keep: 10 }
    }
}

/// Where Prometheus may ask; `None` is nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metrics {
    pub address: Option<SocketAddr>,
}
