//! TLS on an incoming connection: what was agreed on, what the client's certificate is worth, and in words why a handshake failed.

use std::io;

use rustls::{Error, HandshakeKind, InvalidMessage, PeerIncompatible, ServerConnection};

use crate::deliver::identity::CertificateFault;
use crate::deliver::live::Live;
use crate::deliver::log_line::Details;
use crate::deliver::tls_words;
use crate::model::configuration::{ClientUsage, MailFlowPolicy};
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::Moment;
use crate::sys::library_error;
use crate::trust::peer::{self, Usage};
use crate::trust::reason::Reason;

/// What a finished handshake came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `TLSv1.3`
    pub protocol: &'static str,
    /// OpenSSL's name.
    pub cipher: &'static str,
    /// The name in IANA's registry, for `Received`.
    pub registered_cipher: String,
    pub resumed: bool,
    pub sni: Option<String>,
    pub client: Client,
}

/// The client's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Client {
    NotAsked,
    /// It was asked and showed none.
    None,
    Believed {
        sha256: String,
    },
    /// With the lint rule that says why, and a sentence.
    NotBelieved {
        sha256: String,
        rule: &'static str,
        reason: String,
    },
}

impl Tls {
    /// What `connection` agreed on, and whether the client is believed by the anchors of `live` under `policy` at `now`.
    pub fn of(connection: &ServerConnection, live: &Live, policy: &MailFlowPolicy, now: Moment) -> Tls {
        let suite = connection.negotiated_cipher_suite();
        Tls {
            protocol: connection.protocol_version().map_or("unknown", tls_words::protocol),
            cipher: suite.map_or("unknown", tls_words::cipher),
            registered_cipher: suite.map(tls_words::registered_cipher).unwrap_or_default(),
            resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
            sni: connection.server_name().map(str::to_owned),
            client: client(connection, live, policy, now),
        }
    }

    /// What the log says beyond protocol and cipher.
    pub fn details(&self) -> Details {
        let details = Details::new().with_some("sni", self.sni.as_ref());
        let details = if self.resumed { details.with("resumed", "yes") } else { details };
        match &self.client {
            Client::NotAsked => details,
            Client::None => details.with("client", "none"),
            Client::Believed { sha256 } => details.with("client", sha256).with("verify", "ok"),
            Client::NotBelieved { sha256, rule, .. } => details.with("client", sha256).with("verify", rule),
        }
    }
}

fn client(connection: &ServerConnection, live: &Live, policy: &MailFlowPolicy, now: Moment) -> Client {
    if !policy.verify_client {
        return Client::NotAsked;
    }
    let Some([leaf, ..]) = connection.peer_certificates() else { return Client::None };
    let sha256 = Fingerprint::of(leaf).to_string();
    let chain = connection.peer_certificates().unwrap_or_default();
    let judged = |usage| peer::judge(chain, live.anchors(), usage, now.unix_timestamp());
    let mut verdict = judged(Usage::Client);
    let is_for_others = verdict.reasons.iter().any(|(_, reason)| matches!(reason, Reason::Purpose { .. }));
    if is_for_others && policy.client_usage == ClientUsage::Any {
        verdict = judged(Usage::Server);
    }
    match verdict.main_reason() {
        None => Client::Believed { sha256 },
        Some(fault) => {
            let reason = CertificateFault::of(&verdict, fault, now.unix_timestamp()).to_string();
            Client::NotBelieved { sha256, rule: fault.1.id(fault.0), reason }
        }
    }
}

/// Why a handshake failed, for people.
pub fn failure(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let Some(inner) = inner else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                "the client closed the connection during the handshake".to_owned()
            }
            _ => library_error::io(error),
        };
    };
    match inner {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the client sent clear text in place of a ClientHello".to_owned()
        }
        Error::InvalidMessage(_) => "the client sent what is no TLS handshake".to_owned(),
        Error::NoApplicationProtocol => "the client wants to speak another protocol than SMTP (ALPN)".to_owned(),
        Error::AlertReceived(alert) => format!("the client refused with the alert {}", tls_words::alert(*alert)),
        // Every client of TLS 1.2 sends the extension that is missing then.
        Error::PeerIncompatible(
            PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::SignatureAlgorithmsExtensionRequired,
        ) => "the client offers no version of TLS that is newer than 1.1, or none that is enabled here".to_owned(),
        Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon) => {
            "the client offers no cipher suite that is enabled here".to_owned()
        }
        Error::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon) => {
            "the client accepts no signature that the key of our certificate can make".to_owned()
        }
        Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon) => {
            "the client offers no key exchange that is enabled here".to_owned()
        }
        other => library_error::tls(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_words() {
        let of = |error| failure(&io::Error::new(io::ErrorKind::InvalidData, error));
        assert!(of(Error::InvalidMessage(InvalidMessage::InvalidContentType)).contains("clear text"));
        assert!(of(Error::NoApplicationProtocol).contains("ALPN"));
        assert!(failure(&io::ErrorKind::UnexpectedEof.into()).contains("closed"));
    }
}
