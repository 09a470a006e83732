//! An event as a line of the text log, behind its time and level.

use std::fmt::{self, Write};
use std::net::IpAddr;

use super::escaping::{bracketed, escaped, prose};
use super::{Details, Event};
use crate::deliver::numbers::{Dcid, Rid};

impl Event {
    pub(super) fn write(&self, out: &mut String) -> fmt::Result {
        match self {
            Event::NewIncoming { icid, interface, local, address, reverse, verified, details } => {
                let (host, verified) = (reverse.as_deref().unwrap_or("unknown"), if *verified { "yes" } else { "no" });
                let (interface, host) = (prose(interface), prose(host));
                write!(out, "New SMTP ICID {icid} interface {interface} ({local}) address {address} ")?;
                write!(out, "reverse dns host {host} verified {verified}{details}")
            }
            Event::Policy { icid, action, group, matched } => {
                write!(out, "ICID {icid} {action} SG {} match {} SBRS none", escaped(group), escaped(matched))
            }
            Event::NewOutgoing { dcid, mid, interface, address, port, details } => {
                write!(out, "New SMTP DCID {dcid} interface {interface} address {address} port {port}")?;
                write!(out, " mid={mid}{details}")
            }
            Event::TlsSuccess { connection, protocol, cipher, details } => {
                write!(out, "{connection} TLS success protocol {protocol} cipher {cipher}{details}")
            }
            Event::TlsFailed { connection, reason, details } => {
                write!(out, "{connection} TLS failed: {}{details}", prose(reason))
            }
            Event::TlsUnsupported { dcid, details } => {
                write!(out, "DCID {dcid} STARTTLS command not supported.{details}")
            }
            Event::Downgrade { dcid, domain, host, address, last_seen } => {
                let details = Details::new().with("domain", domain).with("host", host).with("address", address);
                let details = details.with("last_seen", last_seen);
                write!(
                    out,
                    "DCID {dcid} TLS downgrade: the host did TLS before and does not offer it any more{details}"
                )
            }
            Event::LegacyPeer { dcid, domain, host, address, code, reason } => {
                let details = Details::new().with("domain", domain).with("host", host).with("address", address);
                write!(out, "DCID {dcid} legacy peer: {}{}", prose(reason), details.with("code", code))
            }
            Event::TlsRequired { dcid, domain, required, code, result, reason } => {
                let details = Details::new().with("domain", domain).with("required", required).with("code", code);
                let details = details.with_some("result", result.as_ref());
                write!(out, "DCID {dcid} TLS required and not reached: {}{details}", prose(reason))
            }
            Event::Lost { connection } => write!(out, "{connection} lost"),
            Event::Close { connection } => write!(out, "{connection} close"),
            Event::Engine { text, details, .. } => write!(out, "{}{details}", prose(text)),
            other => other.write_message(out),
        }
    }

    fn write_message(&self, out: &mut String) -> fmt::Result {
        match self {
            Event::Start { mid, icid } => write!(out, "Start MID {mid} ICID {icid}"),
            Event::From { mid, icid, sender, details } => {
                write!(out, "MID {mid} ICID {icid} From: <{}>{details}", bracketed(sender))
            }
            Event::To { mid, icid, rid, recipient } => {
                write!(out, "MID {mid} ICID {icid} RID {rid} To: <{}>", escaped(recipient))
            }
            Event::Rejected { mid, icid, recipient, reply } => {
                let details = Details::new().with("reply", reply);
                write!(out, "MID {mid} ICID {icid} To: <{}> Rejected{details}", bracketed(recipient))
            }
            Event::MessageId { mid, message_id } => write!(out, "MID {mid} Message-ID '{}'", escaped(message_id)),
            Event::Ready { mid, octets, sender } => {
                write!(out, "MID {mid} ready {octets} bytes from <{}>", escaped(sender))
            }
            Event::Queued { mid } => write!(out, "MID {mid} queued for delivery"),
            Event::Aborted { mid, reason } => write!(out, "Message aborted MID {mid} {}", escaped(reason)),
            Event::ReceivingFailed { icid, reason, reply } => {
                let details = Details::new().with_some("reply", (!reply.is_empty()).then_some(reply));
                write!(out, "ICID {icid} Receiving Failed: {}{details}", prose(reason))
            }
            other => other.write_delivery(out),
        }
    }

    fn write_delivery(&self, out: &mut String) -> fmt::Result {
        match self {
            Event::DeliveryStart { dcid, mid, rids } => {
                write!(out, "Delivery start DCID {dcid} MID {mid} to RID {}", List(rids))
            }
            Event::DeliveryDone { dcid, mid, rids, details } => {
                write!(out, "Message done DCID {dcid} MID {mid} to RID {}{details}", List(rids))
            }
            Event::Response { mid, rids, reply } => {
                write!(out, "MID {mid} RID {} Response '{}'", List(rids), escaped(reply))
            }
            Event::Delayed { dcid, mid, rids, code, reason, details } => {
                write!(out, "Delayed: {}MID {mid} to RID {} - {code} - {}", Of(*dcid), List(rids), prose(reason))?;
                write!(out, "{details}")
            }
            Event::Bounced { dcid, mid, rids, code, reason, details } => {
                write!(out, "Bounced: {}MID {mid} to RID {} - {code} - {}", Of(*dcid), List(rids), prose(reason))?;
                write!(out, "{details}")
            }
            Event::Generated { mid, of, action } => {
                write!(out, "MID {mid} was generated for MID {of} to report: {action}")
            }
            Event::Administered { mid, rids, deed } => {
                write!(out, "MID {mid} RID {} {deed} by an operator", List(rids))
            }
            Event::Finished { mid } => write!(out, "Message finished MID {mid} done"),
            Event::ConnectionError { dcid, mid, domain, address, port, detail, interface, reason, details } => {
                let known = |address: &Option<IpAddr>| address.map_or_else(|| "None".to_owned(), |ip| ip.to_string());
                let (domain, detail, reason) = (prose(domain), prose(detail), prose(reason));
                write!(out, "Connection Error: DCID {dcid} domain: {domain} IP:{} port: {port} ", known(address))?;
                write!(out, "details: {detail} interface: {} reason: {reason}", known(interface))?;
                write!(out, " mid={mid}{details}")
            }
            // The other parts of `write` have these.
            _ => Ok(()),
        }
    }
}

/// `[0, 1]`
struct List<'a>(&'a [Rid]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (at, rid) in self.0.iter().enumerate() {
            write!(f, "{}{rid}", if at == 0 { "" } else { ", " })?;
        }
        f.write_char(']')
    }
}

/// The connection of a delivery that had one.
struct Of(Option<Dcid>);

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |dcid| write!(f, "DCID {dcid} "))
    }
}
