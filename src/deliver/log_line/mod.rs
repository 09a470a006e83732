//! The mail log: what happened to connections and messages, one line each, in the appliance's grammar, and the same as JSON.
//!
//! What the appliance does not say stands at the end as `key=value`, so that greps written for it keep working. Whatever came from
//! outside is escaped. To add a line: a variant of `Event` with its facts, and its words in `write`.

use std::fmt::{self, Write};
use std::net::IpAddr;

use serde::Serialize;

use super::numbers::{Dcid, Icid, Mid, Rid};
use crate::model::moment::Moment;

/// A line of the log before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    pub time: Moment,
    pub event: Event,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Info,
    Warning,
    Critical,
}

/// A connection of either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    Icid(Icid),
    Dcid(Dcid),
}

/// What we add at the end of a line. Keys are ours; values are quoted where they need it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details(Vec<(&'static str, String)>);

/// Everything that is logged. The appliance's own shapes first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A peer connected to a listener.
    NewIncoming {
        icid: Icid,
        interface: String,
        local: IpAddr,
        address: IpAddr,
        /// `None`: the address has no name.
        reverse: Option<String>,
        /// The name resolves back to the address.
        verified: bool,
        #[serde(flatten)]
        details: Details,
    },
    /// A sender group picked the policy of a connection; `action` is ACCEPT, RELAY, REJECT or TCPREFUSE.
    Policy {
        icid: Icid,
        action: &'static str,
        group: String,
        matched: String,
    },
    /// A connection to a peer was opened.
    NewOutgoing {
        dcid: Dcid,
        interface: IpAddr,
        address: IpAddr,
        port: u16,
        #[serde(flatten)]
        details: Details,
    },
    /// A handshake ended well; words for protocol and cipher are OpenSSL's.
    TlsSuccess {
        #[serde(flatten)]
        connection: Connection,
        protocol: &'static str,
        cipher: &'static str,
        #[serde(flatten)]
        details: Details,
    },
    /// A handshake failed, or STARTTLS was answered in another way than with 220.
    TlsFailed {
        #[serde(flatten)]
        connection: Connection,
        reason: String,
        #[serde(flatten)]
        details: Details,
    },
    /// The peer of a delivery does not offer STARTTLS.
    TlsUnsupported {
        dcid: Dcid,
        #[serde(flatten)]
        details: Details,
    },
    /// A host that did TLS before does not offer it any more: perhaps somebody in between takes the offer away.
    Downgrade {
        dcid: Dcid,
        domain: String,
        host: String,
        address: IpAddr,
        last_seen: String,
    },
    /// The peer's TLS is of the past, and no handshake with it is possible. Once a day for each peer.
    LegacyPeer {
        dcid: Dcid,
        domain: String,
        host: String,
        address: IpAddr,
        code: String,
        reason: String,
    },
    /// TLS was required and not reached: what was required, the code of the reason, and the reason.
    TlsRequired {
        dcid: Dcid,
        domain: String,
        required: String,
        code: String,
        /// The result type of RFC 8460.
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<String>,
        reason: String,
    },
    /// The peer went away without QUIT.
    Lost {
        #[serde(flatten)]
        connection: Connection,
    },
    /// A connection ended.
    Close {
        #[serde(flatten)]
        connection: Connection,
    },
    /// A transaction began (MAIL).
    Start {
        mid: Mid,
        icid: Icid,
    },
    From {
        mid: Mid,
        icid: Icid,
        /// Empty for the null path.
        sender: String,
        #[serde(flatten)]
        details: Details,
    },
    To {
        mid: Mid,
        icid: Icid,
        rid: Rid,
        recipient: String,
    },
    /// RCPT was refused.
    Rejected {
        mid: Mid,
        icid: Icid,
        recipient: String,
        reply: String,
    },
    MessageId {
        mid: Mid,
        message_id: String,
    },
    /// The whole message has arrived.
    Ready {
        mid: Mid,
        octets: u64,
        sender: String,
    },
    /// It is on stable storage.
    Queued {
        mid: Mid,
    },
    /// A transaction ended without a message.
    Aborted {
        mid: Mid,
        reason: String,
    },
    /// A command, a message or a connection was refused or broken off.
    ReceivingFailed {
        icid: Icid,
        reason: String,
        reply: String,
    },
    DeliveryStart {
        dcid: Dcid,
        mid: Mid,
        rids: Vec<Rid>,
    },
    DeliveryDone {
        dcid: Dcid,
        mid: Mid,
        rids: Vec<Rid>,
        #[serde(flatten)]
        details: Details,
    },
    /// What the peer answered at the end of a delivery.
    Response {
        mid: Mid,
        rids: Vec<Rid>,
        reply: String,
    },
    Delayed {
        dcid: Option<Dcid>,
        mid: Mid,
        rids: Vec<Rid>,
        code: String,
        reason: String,
    },
    Bounced {
        dcid: Option<Dcid>,
        mid: Mid,
        rids: Vec<Rid>,
        code: String,
        reason: String,
    },
    /// A report about a message was written: a bounce, a delay warning, a confirmation.
    Generated {
        mid: Mid,
        of: Mid,
        action: &'static str,
    },
    /// An operator held, released, flushed or dropped recipients.
    Administered {
        mid: Mid,
        rids: Vec<Rid>,
        deed: &'static str,
    },
    /// Nothing is left to do for a message.
    Finished {
        mid: Mid,
    },
    ConnectionError {
        dcid: Dcid,
        domain: String,
        address: Option<IpAddr>,
        port: u16,
        detail: String,
        interface: Option<IpAddr>,
        reason: String,
    },
    /// The engine itself: started, reloaded, stopping, what it serves.
    Engine {
        level: Level,
        text: String,
        #[serde(flatten)]
        details: Details,
    },
}

impl From<Icid> for Connection {
    fn from(icid: Icid) -> Connection {
        Connection::Icid(icid)
    }
}

impl From<Dcid> for Connection {
    fn from(dcid: Dcid) -> Connection {
        Connection::Dcid(dcid)
    }
}

impl Details {
    pub fn new() -> Details {
        Details::default()
    }

    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Details {
        self.0.push((key, value.to_string()));
        self
    }

    #[must_use]
    pub fn and(mut self, others: Details) -> Details {
        self.0.extend(others.0);
        self
    }

    #[must_use]
    pub fn with_some(self, key: &'static str, value: Option<impl ToString>) -> Details {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

impl Event {
    pub fn level(&self) -> Level {
        match self {
            Event::TlsRequired { .. } | Event::Downgrade { .. } | Event::LegacyPeer { .. } => Level::Warning,
            Event::Engine { level, .. } => *level,
            _ => Level::Info,
        }
    }

    /// Something about the engine itself that is worth a line.
    pub fn engine(level: Level, text: impl Into<String>) -> Event {
        Event::Engine { level, text: text.into(), details: Details::new() }
    }
}

impl LogLine {
    /// The line for the text log, with its line end. `time` is taken as it stands: give it the local offset.
    pub fn text(&self, out: &mut String) {
        let start = out.len();
        let time = self.time;
        let (weekday, month) = (time.weekday().to_string(), time.month().to_string());
        // ctime(3): the day of the month has two places.
        let written = write!(
            out,
            "{:.3} {:.3} {:2} {:02}:{:02}:{:02} {} {}: ",
            weekday,
            month,
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.year(),
            self.event.level(),
        )
        .and_then(|()| self.event.write(out));
        // A String takes everything.
        debug_assert!(written.is_ok());
        debug_assert!(!out[start..].contains(['\r', '\n']), "{:?}", &out[start..]);
        out.push('\n');
    }

    /// The line for the JSON log, with its line end.
    pub fn json(&self, out: &mut String) {
        #[derive(Serialize)]
        struct Line<'a> {
            time: String,
            level: Level,
            #[serde(flatten)]
            event: &'a Event,
        }
        let line = Line { time: rfc3339_millis(self.time), level: self.event.level(), event: &self.event };
        if let Ok(line) = serde_json::to_string(&line) {
            out.push_str(&line);
            out.push('\n');
        }
    }
}

/// UTC with milliseconds, which order what happened within a second.
fn rfc3339_millis(time: Moment) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    let (date, second) = (time.date(), time.second());
    format!("{date}T{:02}:{:02}:{second:02}.{:03}Z", time.hour(), time.minute(), time.millisecond())
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Info => "Info",
            Level::Warning => "Warning",
            Level::Critical => "Critical",
        })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Connection::Icid(icid) => write!(f, "ICID {icid}"),
            Connection::Dcid(dcid) => write!(f, "DCID {dcid}"),
        }
    }
}

impl Event {
    fn write(&self, out: &mut String) -> fmt::Result {
        match self {
            Event::NewIncoming { icid, interface, local, address, reverse, verified, details } => {
                let (host, verified) = (reverse.as_deref().unwrap_or("unknown"), if *verified { "yes" } else { "no" });
                let (interface, host) = (escaped(interface), escaped(host));
                write!(out, "New SMTP ICID {icid} interface {interface} ({local}) address {address} ")?;
                write!(out, "reverse dns host {host} verified {verified}{details}")
            }
            Event::Policy { icid, action, group, matched } => {
                write!(out, "ICID {icid} {action} SG {} match {} SBRS none", escaped(group), escaped(matched))
            }
            Event::NewOutgoing { dcid, interface, address, port, details } => {
                write!(out, "New SMTP DCID {dcid} interface {interface} address {address} port {port}{details}")
            }
            Event::TlsSuccess { connection, protocol, cipher, details } => {
                write!(out, "{connection} TLS success protocol {protocol} cipher {cipher}{details}")
            }
            Event::TlsFailed { connection, reason, details } => {
                write!(out, "{connection} TLS failed: {}{details}", escaped(reason))
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
                write!(out, "DCID {dcid} legacy peer: {}{}", escaped(reason), details.with("code", code))
            }
            Event::TlsRequired { dcid, domain, required, code, result, reason } => {
                let details = Details::new().with("domain", domain).with("required", required).with("code", code);
                let details = details.with_some("result", result.as_ref());
                write!(out, "DCID {dcid} TLS required and not reached: {}{details}", escaped(reason))
            }
            Event::Lost { connection } => write!(out, "{connection} lost"),
            Event::Close { connection } => write!(out, "{connection} close"),
            Event::Engine { text, details, .. } => write!(out, "{}{details}", escaped(text)),
            other => other.write_message(out),
        }
    }

    fn write_message(&self, out: &mut String) -> fmt::Result {
        match self {
            Event::Start { mid, icid } => write!(out, "Start MID {mid} ICID {icid}"),
            Event::From { mid, icid, sender, details } => {
                write!(out, "MID {mid} ICID {icid} From: <{}>{details}", escaped(sender))
            }
            Event::To { mid, icid, rid, recipient } => {
                write!(out, "MID {mid} ICID {icid} RID {rid} To: <{}>", escaped(recipient))
            }
            Event::Rejected { mid, icid, recipient, reply } => {
                let details = Details::new().with("reply", reply);
                write!(out, "MID {mid} ICID {icid} To: <{}> Rejected{details}", escaped(recipient))
            }
            Event::MessageId { mid, message_id } => write!(out, "MID {mid} Message-ID '{}'", escaped(message_id)),
            Event::Ready { mid, octets, sender } => {
                write!(out, "MID {mid} ready {octets} bytes from <{}>", escaped(sender))
            }
            Event::Queued { mid } => write!(out, "MID {mid} queued for delivery"),
            Event::Aborted { mid, reason } => write!(out, "Message aborted MID {mid} {}", escaped(reason)),
            Event::ReceivingFailed { icid, reason, reply } => {
                let details = Details::new().with_some("reply", (!reply.is_empty()).then_some(reply));
                write!(out, "ICID {icid} Receiving Failed: {}{details}", escaped(reason))
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
            Event::Delayed { dcid, mid, rids, code, reason } => {
                write!(out, "Delayed: {}MID {mid} to RID {} - {code} - {}", Of(*dcid), List(rids), escaped(reason))
            }
            Event::Bounced { dcid, mid, rids, code, reason } => {
                write!(out, "Bounced: {}MID {mid} to RID {} - {code} - {}", Of(*dcid), List(rids), escaped(reason))
            }
            Event::Generated { mid, of, action } => {
                write!(out, "MID {mid} was generated for MID {of} to report: {action}")
            }
            Event::Administered { mid, rids, deed } => {
                write!(out, "MID {mid} RID {} {deed} by an operator", List(rids))
            }
            Event::Finished { mid } => write!(out, "Message finished MID {mid} done"),
            Event::ConnectionError { dcid, domain, address, port, detail, interface, reason } => {
                let known = |address: &Option<IpAddr>| address.map_or_else(|| "None".to_owned(), |ip| ip.to_string());
                let (domain, detail, reason) = (escaped(domain), escaped(detail), escaped(reason));
                write!(out, "Connection Error: DCID {dcid} domain: {domain} IP:{} port: {port} ", known(address))?;
                write!(out, "details: {detail} interface: {} reason: {reason}", known(interface))
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

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.0 {
            write!(f, " {key}=")?;
            if value.is_empty() || value.contains([' ', '"', '=', '\\', '\'']) || value.chars().any(is_unsafe) {
                f.write_char('"')?;
                value.chars().try_for_each(|c| if c == '"' { f.write_str("\\\"") } else { write_escaped(f, c) })?;
                f.write_char('"')?;
            } else {
                f.write_str(value)?;
            }
        }
        Ok(())
    }
}

/// As an object; the keys are distinct.
impl Serialize for Details {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Text from outside, made harmless for a line of a log that is read in terminals and by programs.
pub fn escaped(text: &str) -> impl fmt::Display + '_ {
    struct Escaped<'a>(&'a str);
    impl fmt::Display for Escaped<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if !self.0.contains('\\') && !self.0.chars().any(is_unsafe) {
                return f.write_str(self.0);
            }
            self.0.chars().try_for_each(|c| write_escaped(f, c))
        }
    }
    Escaped(text)
}

/// Octets that are no UTF-8 become U+FFFD.
pub fn text_of(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn write_escaped(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\\' => f.write_str("\\\\"),
        c if c.is_ascii() && is_unsafe(c) => write!(f, "\\x{:02x}", u32::from(c)),
        c if is_unsafe(c) => write!(f, "{}", c.escape_unicode()),
        c => f.write_char(c),
    }
}

/// Control characters, line separators, and what turns the direction of text or hides in it.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests;
