//! `sink`: an SMTP server that takes mail for tests, and fails on purpose.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustls::SupportedProtocolVersion;
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::deliver::live::Asking;
use crate::deliver::sink::failure::Failure;
use crate::deliver::sink::farm::{self, Authority, FarmError, Kind};
use crate::deliver::sink::{Options, Sink, SunkMessage, Told, server_config};
use crate::model::configuration::{TlsVersion, Word};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::Moment;
use crate::model::place::Place;
use crate::model::private_key::KeyType;
use crate::sys::library_error;
use crate::sys::output::{self, Existing, OutputError};
use crate::sys::race::{Race, race};
use crate::sys::signals::Signals;
use crate::sys::{input, listening, runtime};

/// Files of certificates and keys are small.
const FILE_LIMIT: u64 = 1 << 20;
/// Lines that wait to be printed; then the peers wait.
const WAITING: usize = 1_024;
/// How long connections may go on after the last message that was asked for.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkTls {
    StartTls,
    Implicit,
    None,
}

impl Word for SinkTls {
    const WORDS: &'static [(SinkTls, &'static str)] =
        &[(SinkTls::StartTls, "starttls"), (SinkTls::Implicit, "implicit"), (SinkTls::None, "none")];
}

/// What a sink does with client certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkAsking {
    No,
    Ask,
    Require,
}

impl Word for SinkAsking {
    const WORDS: &'static [(SinkAsking, &'static str)] =
        &[(SinkAsking::No, "no"), (SinkAsking::Ask, "ask"), (SinkAsking::Require, "require")];
}

/// What the sink shall be.
#[derive(Debug, Clone)]
pub struct SinkOrder {
    pub listen: SocketAddr,
    /// What it calls itself, and the names in its certificate; at least one.
    pub names: Vec<String>,
    pub tls: SinkTls,
    /// `None` is every version.
    pub version: Option<TlsVersion>,
    pub kind: Kind,
    pub key_type: KeyType,
    /// A PEM file with a chain and its key, in place of a certificate made here.
    pub certificate_file: Option<String>,
    /// Where the authority of the certificates made here is kept: made when missing.
    pub authority_file: Option<PathBuf>,
    pub asking: SinkAsking,
    pub failures: Vec<Failure>,
    pub failing_connections: Option<u64>,
    pub slowness: Duration,
    /// End after this many messages that were answered 250.
    pub count: Option<u64>,
    /// Tell nothing about single messages.
    pub silent: bool,
}

/// What a sink tells while it runs: one line each.
#[derive(Debug, serde::Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SinkLine {
    Listening {
        address: String,
        hostname: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate_sha256: Option<String>,
    },
    Message(Box<SunkMessage>),
    HandshakeFailed {
        connection: u64,
        reason: String,
    },
}

/// What a sink got until it was stopped.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Sunk {
    pub connections: u64,
    pub handshakes: u64,
    /// Of these, sessions that went on from an earlier one.
    pub resumed: u64,
    pub failed_handshakes: u64,
    /// Messages that were answered 250.
    pub messages: u64,
    pub over_tls: u64,
    pub octets: u64,
}

/// Runs a sink until SIGTERM or SIGINT, or until it has what was asked for. `tell` prints a line; it says no when nobody reads on.
pub fn sink(
    order: &SinkOrder,
    now: Moment,
    tell: &mut dyn FnMut(&SinkLine) -> bool,
) -> Result<Reply<Sunk>, Diagnostics> {
    let key = if order.tls == SinkTls::None { None } else { Some(certificate(order, now)?) };
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let options = options(order, key.clone())?;
    let sink = Arc::new(Sink::new(options, (!order.silent || order.count.is_some()).then_some(sender)));
    let listener = listening::bind(order.listen).map_err(|error| cannot_listen(order.listen, &error))?;
    let address = listener.local_addr().map_err(|error| cannot_listen(order.listen, &error))?;
    let runtime = runtime::threads().map_err(|error| no_runtime(&error))?;
    runtime.block_on(async {
        let mut signals = Signals::new().map_err(|error| no_runtime(&error))?;
        let listener = TcpListener::from_std(listener).map_err(|error| cannot_listen(address, &error))?;
        let serving = tokio::spawn(Arc::clone(&sink).serve(listener));
        let mut reads = tell(&listening_line(order, address, key.as_deref()));
        while reads {
            match race(signals.next(), receiver.recv()).await {
                Race::First(_) => break,
                Race::Second(Some(told)) => reads = order.silent || tell(&line(told)),
                // A sink that tells nothing dropped its end at once.
                Race::Second(None) => drop(signals.next().await),
            }
            if order.count.is_some_and(|count| sink.counts.messages.load(Ordering::Relaxed) >= count) {
                break;
            }
        }
        serving.abort();
        let _ = tokio::time::timeout(LAST_WORDS, async {
            if order.count.is_some() {
                sink.idle().await;
            }
        })
        .await;
        Ok::<_, Diagnostics>(())
    })?;
    runtime.shutdown_background();
    Ok(sunk(&sink).into())
}

fn options(order: &SinkOrder, key: Option<Arc<CertifiedKey>>) -> Result<Options, Diagnostics> {
    let versions: &[&'static SupportedProtocolVersion] = match order.version {
        None => &[&TLS12, &TLS13],
        Some(TlsVersion::V1_2) => &[&TLS12],
        Some(TlsVersion::V1_3) => &[&TLS13],
    };
    let asking = match order.asking {
        SinkAsking::No => None,
        SinkAsking::Ask => Some(Asking::Optional),
        SinkAsking::Require => Some(Asking::Mandatory),
    };
    let tls = key.map(|key| server_config(key, versions, asking)).transpose();
    let tls = tls.map_err(|error| {
        Diagnostic::error("sink/tls", "no TLS can be spoken with this sink's settings").fact(library_error::tls(&error))
    })?;
    Ok(Options {
        hostname: order.names.first().cloned().unwrap_or_default(),
        tls,
        implicit: order.tls == SinkTls::Implicit,
        failures: order.failures.clone(),
        failing_connections: order.failing_connections,
        slowness: order.slowness,
    })
}

fn certificate(order: &SinkOrder, now: Moment) -> Result<Arc<CertifiedKey>, Diagnostics> {
    if let Some(file) = &order.certificate_file {
        let read = input::read(file, FILE_LIMIT).map_err(|error| unreadable(file, &error.to_string()))?;
        return Ok(farm::given(&read.bytes).map_err(|error| unreadable(file, &error.to_string()))?);
    }
    let authority = authority(order, now)?;
    let issued = authority.issue(order.kind, &order.names, order.key_type, now);
    Ok(issued.map_err(|error| {
        Diagnostic::error("sink/certificate", "no certificate can be made for this sink").fact(error.to_string())
    })?)
}

/// The authority of `--authority`, which sinks of one test share, or one that vanishes with the sink.
fn authority(order: &SinkOrder, now: Moment) -> Result<Authority, Diagnostics> {
    let made = || Authority::new(now).map_err(|error| Diagnostic::error("sink/certificate", error.to_string()));
    let Some(path) = &order.authority_file else { return Ok(made()?) };
    let name = path.to_string_lossy();
    let read = || -> Result<Authority, FarmError> {
        let read = input::read(&name, FILE_LIMIT).map_err(|_| FarmError::Lacks("readable certificate and key"))?;
        Authority::from_pem(&read.bytes)
    };
    if path.exists() {
        return Ok(read().map_err(|error| unreadable(&name, &error.to_string()))?);
    }
    let authority = made()?;
    match output::write(path, authority.to_pem().as_bytes(), 0o600, Existing::Keep) {
        Ok(()) => Ok(authority),
        // Another sink of the same test was faster.
        Err(OutputError::Exists) => Ok(read().map_err(|error| unreadable(&name, &error.to_string()))?),
        Err(error) => Err(Diagnostic::error("output/unwritable", "the authority's file cannot be written")
            .at_what(Place::file(name.as_ref()), error.to_string())
            .into()),
    }
}

fn listening_line(order: &SinkOrder, address: SocketAddr, key: Option<&CertifiedKey>) -> SinkLine {
    let given = order.certificate_file.clone();
    SinkLine::Listening {
        address: address.to_string(),
        hostname: order.names.first().cloned().unwrap_or_default(),
        certificate: key.map(|_| given.unwrap_or_else(|| order.kind.word().to_owned())),
        certificate_sha256: key.and_then(|key| key.cert.first()).map(|leaf| Fingerprint::of(leaf).to_string()),
    }
}

fn line(told: Told) -> SinkLine {
    match told {
        Told::Message(message) => SinkLine::Message(message),
        Told::HandshakeFailed { connection, reason } => SinkLine::HandshakeFailed { connection, reason },
    }
}

fn sunk(sink: &Sink) -> Sunk {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let counts = &sink.counts;
    Sunk {
        connections: read(&counts.connections),
        handshakes: read(&counts.handshakes),
        resumed: read(&counts.resumed),
        failed_handshakes: read(&counts.failed_handshakes),
        messages: read(&counts.messages),
        over_tls: read(&counts.over_tls),
        octets: read(&counts.octets),
    }
}

fn unreadable(file: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("input/unreadable", "the file cannot be used").at_what(Place::file(file), reason)
}

/// A socket that cannot be had, and what helps.
pub fn cannot_listen(address: SocketAddr, error: &io::Error) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("net/listen", format!("cannot listen on {address}")).fact(library_error::io(&error));
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            diagnostic.help(format!("another program has it: ss -ltnp 'sport = :{}'", address.port()))
        }
        io::ErrorKind::AddrNotAvailable => diagnostic.help("no interface of this machine has the address: ip address"),
        io::ErrorKind::PermissionDenied => {
            diagnostic.help("ports below 1024 need root, CAP_NET_BIND_SERVICE, or socket activation")
        }
        _ => diagnostic,
    }
}

/// The machine gives no threads or signals.
pub fn no_runtime(error: &io::Error) -> Diagnostic {
    Diagnostic::error("system/runtime", "the system does not let the engine start").fact(library_error::io(&error))
}
