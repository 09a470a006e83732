//! The lines of the mail log about a connection.

use super::{Connection, Desk, Peer, Security};
use crate::deliver::dialogue::Reply;
use crate::deliver::log_line::{Details, Event};
use crate::deliver::numbers::{Dcid, Mid};
use crate::deliver::outcome::{Cause, Reason};
use crate::deliver::policy::Planned;
use crate::model::configuration::{DeliveryTls, Word};
use crate::model::moment;
use crate::sys::clock;

pub(super) fn connected(desk: &Desk<'_>, planned: &Planned, dcid: Dcid, mid: Mid, peer: &Peer) {
    (desk.say)(Event::NewOutgoing {
        dcid,
        mid,
        interface: peer.local.unwrap_or(peer.socket.ip()),
        address: peer.socket.ip(),
        port: peer.socket.port(),
        details: Details::new().with("host", &peer.host).with("domain", planned.destination()),
    });
}

pub(super) fn closed(desk: &Desk<'_>, dcid: Dcid) {
    (desk.say)(Event::Close { connection: dcid.into() });
}

/// TLS was reached; what it is worth for the destination stands behind it.
pub(super) fn tls(
    desk: &Desk<'_>,
    connection: &Connection,
    security: &Security,
    planned: &Planned,
    ptr_match: Option<&str>,
) {
    let (Security::Encrypted { protocol, cipher, .. } | Security::Verified { protocol, cipher, .. }) = security else {
        return;
    };
    (desk.say)(Event::TlsSuccess {
        connection: connection.dcid.into(),
        protocol: (*protocol).into(),
        cipher: (*cipher).into(),
        details: security.details(planned.tls().setting).with_some("ptr_match", ptr_match),
    });
}

impl Security {
    /// How one message travelled: `tls=TLSv1.3 verify=ok match=example.net source=domain`, or `tls=none`.
    pub fn message_details(&self, setting: DeliveryTls) -> Details {
        let protocol = match self {
            Security::Clear(_) => "none",
            Security::Encrypted { protocol, .. } | Security::Verified { protocol, .. } => protocol,
        };
        Details::new().with("tls", protocol).and(self.details(setting))
    }

    /// `verify=hosted-ok match=mx1.example.net source=mx`, for the end of a line.
    pub fn details(&self, setting: DeliveryTls) -> Details {
        let details = Details::new();
        match self {
            Security::Clear(None) => details,
            Security::Clear(Some(reason)) => details.with("code", reason.code()),
            Security::Encrypted { faults, .. } => match faults.first() {
                None => details,
                Some(fault) => {
                    let reason = Reason::Certificate(fault.clone());
                    details.with("verify", "failed").with("code", reason.code()).with("reason", fault)
                }
            },
            Security::Verified { matched, .. } => {
                let hosted = setting == DeliveryTls::RequiredVerifyHosted;
                details
                    .with("verify", if hosted { "hosted-ok" } else { "ok" })
                    .with("match", &matched.named.reference)
                    .with("source", matched.named.source)
            }
        }
    }
}

/// TLS was wanted and could not be negotiated; the message may go in clear text.
pub(super) fn no_tls(desk: &Desk<'_>, planned: &Planned, dcid: Dcid, peer: &Peer, reason: &Reason) {
    unusable(desk, dcid, reason, None);
    downgraded(desk, planned, dcid, peer);
}

/// The appliance's words for each way in which TLS is not reached.
fn unusable(desk: &Desk<'_>, dcid: Dcid, reason: &Reason, ptr_match: Option<&str>) {
    let details = Details::new().with("code", reason.code()).with_some("ptr_match", ptr_match);
    let failed = |reason: String, details| Event::TlsFailed { connection: dcid.into(), reason, details };
    (desk.say)(match reason.cause() {
        Cause::StartTlsNotOffered | Cause::NoExtendedSmtp | Cause::StartTlsOnGreetingLine => {
            Event::TlsUnsupported { dcid, details }
        }
        Cause::StartTlsRefused => {
            let reply = reason.reply().map(ToString::to_string);
            failed("STARTTLS unexpected response".into(), details.with_some("reply", reply))
        }
        _ if matches!(reason, Reason::Certificate(_)) => failed(format!("verify error: {reason}"), details),
        _ => failed(reason.to_string(), details),
    });
}

/// A host that did TLS before and now cannot even begin it.
fn downgraded(desk: &Desk<'_>, planned: &Planned, dcid: Dcid, peer: &Peer) {
    if let Some(since) = desk.memory.lost(peer.socket, clock::now()) {
        (desk.say)(Event::Downgrade {
            dcid,
            domain: planned.destination().to_string(),
            host: peer.host.to_string(),
            address: peer.socket.ip(),
            last_seen: moment::rfc3339(since),
        });
    }
}

/// A peer that somebody should talk to, before its mail stops for good.
fn legacy(desk: &Desk<'_>, planned: &Planned, dcid: Dcid, peer: &Peer, reason: &Reason) {
    if reason.cause().is_legacy() && desk.memory.is_news(peer.socket, clock::now()) {
        (desk.say)(Event::LegacyPeer {
            dcid,
            domain: planned.destination().to_string(),
            host: peer.host.to_string(),
            address: peer.socket.ip(),
            code: reason.code().to_owned(),
            reason: reason.to_string(),
        });
    }
}

/// A connection that carries no mail.
pub(super) struct Failed<'f> {
    pub dcid: Dcid,
    pub mid: Mid,
    pub peer: &'f Peer,
    pub reason: &'f Reason,
    /// The name by which the appliance would have believed the peer.
    pub ptr_match: Option<&'f str>,
}

pub(super) fn failed(desk: &Desk<'_>, planned: &Planned, failed: &Failed<'_>) {
    let Failed { dcid, mid, peer, reason, ptr_match } = *failed;
    let domain = planned.destination().to_string();
    let (detail, appliance) = match reason.reply() {
        Some(reply) => (quoted(reply), "unexpected SMTP response".to_owned()),
        None => (reason.to_string(), category(reason).to_owned()),
    };
    (desk.say)(Event::ConnectionError {
        dcid,
        mid,
        domain: domain.clone(),
        address: Some(peer.socket.ip()),
        port: peer.socket.port(),
        detail,
        interface: peer.local,
        reason: appliance,
        details: Details::new().with("host", &peer.host),
    });
    if !reason.cause().is_tls() {
        return;
    }
    unusable(desk, dcid, reason, ptr_match);
    if reason.cause().row().result == Some(crate::deliver::outcome::TlsResult::StarttlsNotSupported) {
        downgraded(desk, planned, dcid, peer);
    }
    legacy(desk, planned, dcid, peer, reason);
    let setting = planned.tls().setting;
    if setting.requires() {
        (desk.say)(Event::TlsRequired {
            dcid,
            domain,
            required: setting.word().to_owned(),
            code: reason.code().to_owned(),
            result: reason.result().map(|result| result.to_string()),
            reason: reason.to_string(),
        });
    }
}

/// `454-'TLS not available due to temporary reason'`.
fn quoted(reply: &Reply) -> String {
    format!("{}-'{}'", reply.code, reply.lines.join(" "))
}

fn category(reason: &Reason) -> &'static str {
    match reason.cause() {
        Cause::Unreachable => "network error",
        Cause::Lost | Cause::LostAtStartTls => "connection lost",
        _ => "TLS error",
    }
}
