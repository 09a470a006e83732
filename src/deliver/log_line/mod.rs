//! The mail log: what happened to connections and messages, one line each, in the appliance's grammar, and the same as JSON.
//!
//! What the appliance does not say stands at the end as `key=value`, so that greps written for it keep working. Whatever came from
//! outside is escaped, so that it can be read back. To add a line: a variant of `Event` with its facts, its words in `writing`, the
//! way back in `reading`, and a sample in `tests`, which holds the two against each other.
//!
//! ```text
//! details, escaping    key=value at the end of a line; text from outside
//! writing, reading     Event ──▶ line ──▶ Event
//! heads                the numbers that a line is about, without reading the rest: for logs of gigabytes
//! ```

mod details;
mod escaping;
mod heads;
mod reading;
mod writing;

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::numbers::{Dcid, Icid, Mid, Rid};
use crate::model::moment::Moment;

pub use details::Details;
pub use heads::{Head, head};
pub use reading::{LineClock, NotOurs};

/// A line of the log before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    pub time: Moment,
    pub event: Event,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Info,
    Warning,
    Critical,
}

/// One of a few words of ours: borrowed when it is written, owned when it was read.
pub type Word = Cow<'static, str>;

/// A connection of either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    Icid(Icid),
    Dcid(Dcid),
}

/// Everything that is logged. The appliance's own shapes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        action: Word,
        group: String,
        matched: String,
    },
    /// A connection to a peer was opened.
    NewOutgoing {
        dcid: Dcid,
        /// The message that it was opened for; others may follow.
        mid: Mid,
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
        protocol: Word,
        cipher: Word,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// Some recipients wait for another attempt. Details: the domain, the cause as `outcome` names it, and when the next attempt is due.
    Delayed {
        dcid: Option<Dcid>,
        mid: Mid,
        rids: Vec<Rid>,
        code: String,
        reason: String,
        #[serde(flatten)]
        details: Details,
    },
    /// Some recipients were given up. Details: the domain, and the cause.
    Bounced {
        dcid: Option<Dcid>,
        mid: Mid,
        rids: Vec<Rid>,
        code: String,
        reason: String,
        #[serde(flatten)]
        details: Details,
    },
    /// A report about a message was written: a bounce, a delay warning, a confirmation.
    Generated {
        mid: Mid,
        of: Mid,
        action: Word,
    },
    /// An operator held, released, flushed or dropped recipients.
    Administered {
        mid: Mid,
        rids: Vec<Rid>,
        /// `held`, `released`, ...
        deed: Word,
    },
    /// Nothing is left to do for a message.
    Finished {
        mid: Mid,
    },
    ConnectionError {
        dcid: Dcid,
        /// The message that it was opened for.
        mid: Mid,
        domain: String,
        address: Option<IpAddr>,
        port: u16,
        detail: String,
        interface: Option<IpAddr>,
        reason: String,
        #[serde(flatten)]
        details: Details,
    },
    /// The engine itself: started, reloaded, stopping, what it serves.
    Engine {
        /// Every line has one.
        #[serde(skip)]
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

#[cfg(test)]
mod tests;
