//! A connection to a mail host: opened as the plan says, or not at all; and the gate that every message goes through.
//!
//! ```text
//! opening    TCP, greeting, EHLO, STARTTLS, handshake, EHLO again; where clear text is allowed, and where not
//! admission  what the connection is worth for one destination: asked again for each message
//! appliance  whether the appliance would have believed a peer that we do not
//! memory     who offered TLS before
//! said       the lines of the log about all this
//! ```

mod admission;
mod appliance;
mod memory;
mod opening;
mod said;

use std::net::{IpAddr, SocketAddr};

use super::dialogue::{Dialogue, Patience, Transcript};
use super::identity::{Asked, Class, PeerIdentity};
use super::log_line::Event;
use super::numbers::Dcid;
use super::outcome::Reason;
use super::policy::Host;
use crate::sys::client_stream::ClientStream;

pub use admission::{Admitted, Security};
pub use memory::TlsMemory;
pub use opening::open;

/// What connections need of the engine.
pub struct Desk<'d> {
    pub say: &'d (dyn Fn(Event) + Send + Sync),
    /// `None` when no number can be had.
    pub number: &'d (dyn Fn() -> Option<Dcid> + Send + Sync),
    pub memory: &'d TlsMemory,
    pub patience: Patience,
    /// Keep what is said, for people who ask for it.
    pub transcript: bool,
}

/// A host that takes our messages.
#[derive(Debug)]
pub struct Connection {
    dialogue: Dialogue<ClientStream>,
    dcid: Dcid,
    peer: Peer,
    class: Class,
    tls: Option<Tls>,
    /// Why it is in clear text although TLS was wanted.
    clear: Option<Reason>,
    /// Messages so far.
    messages: u32,
}

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub host: Host,
    pub socket: SocketAddr,
    /// Where we come from; `None` before there is a connection.
    pub local: Option<IpAddr>,
}

/// What a handshake led to.
#[derive(Debug)]
struct Tls {
    protocol: &'static str,
    cipher: &'static str,
    identity: PeerIdentity,
    asked: Asked,
}

/// Why a host could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub reason: Reason,
    pub dcid: Option<Dcid>,
    pub peer: Peer,
}

impl Connection {
    pub fn dcid(&self) -> Dcid {
        self.dcid
    }

    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Messages that were sent on it.
    pub fn messages(&self) -> u32 {
        self.messages
    }

    /// The certificates of the peer, its own first; empty in clear text.
    pub fn chain(&self) -> &[rustls::pki_types::CertificateDer<'static>] {
        self.tls.as_ref().map_or(&[], |tls| tls.identity.chain())
    }

    /// The peer reports to senders itself, if it is told what they want (RFC 3461).
    pub fn offers_dsn(&self) -> bool {
        self.dialogue.capabilities().dsn
    }

    /// Whether the peer asked for our certificate; `None` in clear text.
    pub fn asked(&self) -> Option<Asked> {
        self.tls.as_ref().map(|tls| tls.asked)
    }

    pub fn transcript(&mut self) -> Option<&mut Transcript> {
        self.dialogue.transcript()
    }

    /// Nothing came that nobody asked for, such as a goodbye.
    pub fn is_quiet(&self) -> bool {
        self.dialogue.is_quiet() && self.dialogue.stream().is_quiet()
    }

    /// Ends it politely, and gives back what was said.
    pub async fn quit(self) -> Option<Transcript> {
        self.dialogue.quit().await
    }
}
