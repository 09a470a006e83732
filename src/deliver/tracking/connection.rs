//! One connection, as the lines of the log tell it.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::log_line::{Connection, Details, Event};
use crate::deliver::numbers::{Dcid, Icid};
use crate::model::moment::{Moment, as_optional_text, as_text};

/// Remarks that are kept: whoever is refused over and over fills the log, not the memory.
const REMARKS: usize = 50;

/// A connection of either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConnectionTrace {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icid: Option<Icid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcid: Option<Dcid>,
    #[serde(with = "as_text")]
    #[schemars(with = "String")]
    pub began: Moment,
    /// The peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its name: of an incoming one what its address resolves to, of an outgoing one the host that was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The name of an incoming one resolves back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    /// What the sender group allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The destination that an outgoing one was opened for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTrace>,
    /// TLS was wanted and not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_missed: Option<MissedTls>,
    /// Why no mail went over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was refused or broken off on an incoming one, and warnings.
    pub remarks: Vec<String>,
    /// The peer went away without QUIT.
    pub lost: bool,
    #[serde(with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub closed: Option<Moment>,
}

/// What a handshake came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TlsTrace {
    /// `TLSv1.3`.
    pub protocol: String,
    /// OpenSSL's name.
    pub cipher: String,
    /// `ok`, `hosted-ok`, `failed`, or for a client certificate the rule that it breaks; absent when nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
    /// The name that matched, and where it comes from: domain, config, route, mx, mx+dnssec.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The name that a client asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sni: Option<String>,
    /// SHA-256 of the client's certificate, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The name of the peer's address by which the appliance would have accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ptr_match: Option<String>,
}

/// Why TLS was not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MissedTls {
    /// The lint rule that says the same, or a name of that form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub reason: String,
    /// The setting that required it: then nothing was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ptr_match: Option<String>,
}

impl ConnectionTrace {
    pub(super) fn new(number: Connection, began: Moment) -> ConnectionTrace {
        let (icid, dcid) = match number {
            Connection::Icid(icid) => (Some(icid), None),
            Connection::Dcid(dcid) => (None, Some(dcid)),
        };
        ConnectionTrace {
            icid,
            dcid,
            began,
            address: None,
            port: None,
            host: None,
            host_verified: None,
            listener: None,
            action: None,
            group: None,
            domain: None,
            tls: None,
            tls_missed: None,
            error: None,
            remarks: Vec::new(),
            lost: false,
            closed: None,
        }
    }

    /// Takes in what a line says about it; lines about messages on it say nothing here.
    pub(super) fn tell(&mut self, time: Moment, event: &Event) {
        match event {
            Event::NewIncoming { address, reverse, verified, details, .. } => {
                (self.address, self.host) = (Some(*address), reverse.clone());
                self.host_verified = self.host.as_ref().map(|_| *verified);
                self.listener = named(details, "listener");
            }
            Event::Policy { action, group, .. } => {
                (self.action, self.group) = (Some(action.to_string()), Some(group.clone()));
            }
            Event::NewOutgoing { address, port, details, .. } => {
                (self.address, self.port) = (Some(*address), Some(*port));
                (self.host, self.domain) = (named(details, "host"), named(details, "domain"));
            }
            Event::TlsSuccess { protocol, cipher, details, .. } => {
                self.tls = Some(TlsTrace::new(protocol, cipher, details));
            }
            Event::ConnectionError { address, port, domain, detail, details, .. } => {
                self.address = self.address.or(*address);
                self.port = self.port.or(Some(*port));
                self.domain.get_or_insert_with(|| domain.clone());
                self.host = self.host.take().or_else(|| named(details, "host"));
                self.error = Some(detail.clone());
            }
            Event::ReceivingFailed { reason, reply, .. } if reply.is_empty() => self.remark(reason.clone()),
            Event::ReceivingFailed { reason, reply, .. } => self.remark(format!("{reason}: {reply}")),
            Event::Downgrade { last_seen, .. } => self.remark(format!(
                "the host did TLS at {last_seen} and does not offer it any more: perhaps somebody in between takes the offer away"
            )),
            Event::LegacyPeer { .. } => self.remark("its TLS is of the past: somebody should talk to its operator".to_owned()),
            Event::Lost { .. } => self.lost = true,
            Event::Close { .. } => self.closed = Some(time),
            other => self.missed(other),
        }
    }

    fn missed(&mut self, event: &Event) {
        match event {
            Event::TlsFailed { reason, details, .. } => self.tls_missed = Some(MissedTls::new(reason, details)),
            Event::TlsUnsupported { details, .. } => {
                self.tls_missed = Some(MissedTls::new(unsupported(details), details));
            }
            Event::TlsRequired { required, code, reason, .. } => {
                let missed = self.tls_missed.get_or_insert_with(|| MissedTls::new(reason, &Details::new()));
                (missed.code, missed.required) = (Some(code.clone()), Some(required.clone()));
                missed.reason.clone_from(reason);
            }
            _ => {}
        }
    }

    fn remark(&mut self, remark: String) {
        if self.remarks.len() < REMARKS {
            self.remarks.push(remark);
        }
    }
}

impl TlsTrace {
    pub(super) fn new(protocol: &str, cipher: &str, details: &Details) -> TlsTrace {
        TlsTrace {
            protocol: protocol.to_owned(),
            cipher: cipher.to_owned(),
            verify: named(details, "verify"),
            matched: named(details, "match"),
            source: named(details, "source"),
            code: named(details, "code"),
            reason: named(details, "reason"),
            sni: named(details, "sni"),
            client: named(details, "client"),
            ptr_match: named(details, "ptr_match"),
        }
    }
}

impl MissedTls {
    pub(super) fn new(reason: &str, details: &Details) -> MissedTls {
        let reason = match details.get("reply") {
            Some(reply) => format!("{reason}: {reply}"),
            None => reason.to_owned(),
        };
        let (code, ptr_match) = (named(details, "code"), named(details, "ptr_match"));
        MissedTls { code, reason, required: None, ptr_match }
    }
}

pub(super) fn named(details: &Details, key: &str) -> Option<String> {
    details.get(key).map(str::to_owned)
}

/// The three ways in which a peer can fail to offer STARTTLS.
pub(super) fn unsupported(details: &Details) -> &'static str {
    match details.get("code") {
        Some("tls/no-esmtp") => "the peer does not speak ESMTP",
        Some("tls/starttls-on-greeting-line") => "the peer writes STARTTLS on the greeting line of its EHLO reply",
        _ => "the peer does not offer STARTTLS",
    }
}
