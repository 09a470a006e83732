//! An SMTP server for tests: takes every message, hashes it, tells what it got, and fails on purpose in every way that real servers do.

pub mod failure;
pub mod farm;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

use super::live::Asking;
use failure::Failure;

/// Connections at the same time; the next one waits in the kernel.
const CONNECTIONS: usize = 12_000;

/// How a sink behaves.
#[derive(Debug)]
pub struct Options {
    /// What it calls itself.
    pub hostname: String,
    /// `None` offers no TLS.
    pub tls: Option<Arc<ServerConfig>>,
    /// The handshake comes before the greeting.
    pub implicit: bool,
    pub failures: Vec<Failure>,
    /// Fail on this many connections, the first ones, and behave well on all others; `None` fails on all.
    pub failing_connections: Option<u64>,
    /// Wait this long before each reply to a message.
    pub slowness: std::time::Duration,
}

/// A message that was taken, or that would have been.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct SunkMessage {
    pub peer: String,
    /// Counts connections from 1.
    pub connection: u64,
    pub helo: String,
    /// Protocol and cipher in OpenSSL's words; absent in clear text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<SunkTls>,
    /// Empty for the null path.
    pub sender: String,
    pub recipients: Vec<String>,
    /// What stood behind the paths of MAIL and RCPT, in that order.
    pub parameters: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Octets of the message without dot-stuffing.
    pub size: u64,
    /// Of the whole message, lower-case hexadecimal.
    pub sha256: String,
    /// Of what stands behind the header and its empty line, which relays leave as it is.
    pub body_sha256: String,
    /// A CR or LF stood by itself.
    pub bare_line_end: bool,
    /// The first word of the reply; absent when none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct SunkTls {
    pub protocol: String,
    pub cipher: String,
    pub resumed: bool,
    /// The name that was asked for (SNI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sni: Option<String>,
    /// SHA-256 of the client's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_sha256: Option<String>,
}

/// What a sink tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Message(Box<SunkMessage>),
    /// A handshake failed; the connection and the reason.
    HandshakeFailed {
        connection: u64,
        reason: String,
    },
}

/// What a sink counts.
#[derive(Debug, Default)]
pub struct Counts {
    pub connections: AtomicU64,
    pub handshakes: AtomicU64,
    pub resumed: AtomicU64,
    pub failed_handshakes: AtomicU64,
    pub messages: AtomicU64,
    pub over_tls: AtomicU64,
    pub octets: AtomicU64,
}

/// A sink with its counts and those who listen to it.
#[derive(Debug)]
pub struct Sink {
    pub options: Options,
    pub counts: Counts,
    /// `None` tells nothing: for measurements.
    pub tell: Option<mpsc::Sender<Told>>,
    room: Arc<Semaphore>,
}

/// The TLS of a sink that shows `key` to everybody.
pub fn server_config(
    key: Arc<rustls::sign::CertifiedKey>,
    versions: &[&'static rustls::SupportedProtocolVersion],
    asking: Option<Asking>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions)?;
    let resolver = Arc::new(rustls::sign::SingleCertAndKey::from((*key).clone()));
    let mut config = match asking {
        None => builder.with_no_client_auth().with_cert_resolver(resolver),
        Some(asking) => builder.with_client_cert_verifier(super::live::any_client(asking)).with_cert_resolver(resolver),
    };
    config.ticketer = rustls::crypto::aws_lc_rs::Ticketer::new()?;
    Ok(Arc::new(config))
}

impl Sink {
    pub fn new(options: Options, tell: Option<mpsc::Sender<Told>>) -> Sink {
        Sink { options, counts: Counts::default(), tell, room: Arc::new(Semaphore::new(CONNECTIONS)) }
    }

    /// Waits until every connection has ended.
    pub async fn idle(&self) {
        let _ = self.room.acquire_many(u32::try_from(CONNECTIONS).unwrap_or(u32::MAX)).await;
    }

    /// Takes connections for as long as it is polled.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        while let Ok(place) = Arc::clone(&self.room).acquire_owned().await {
            let Ok((stream, peer)) = listener.accept().await else { continue };
            let sink = Arc::clone(&self);
            let connection = sink.counts.connections.fetch_add(1, Ordering::Relaxed) + 1;
            tokio::spawn(async move {
                // Replies are short: waiting for more to send only costs time.
                let _ = stream.set_nodelay(true);
                session::serve(&sink, stream, peer, connection).await;
                drop(place);
            });
        }
    }

    async fn tell(&self, told: Told) {
        if let Some(tell) = &self.tell {
            // Who stopped listening does not stop the sink.
            let _ = tell.send(told).await;
        }
    }

    fn fails(&self, connection: u64, failure: Failure) -> bool {
        self.options.failures.contains(&failure)
            && self.options.failing_connections.is_none_or(|first| connection <= first)
    }
}

/// The peer as it is told.
fn text(peer: SocketAddr) -> String {
    peer.to_string()
}
