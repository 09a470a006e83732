//! What went wrong, grouped by destination and cause: TLS that was not reached, and deliveries that were put off or given up.

use std::collections::HashMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;

use super::connection::{MissedTls, named};
use super::kept::Kept;
use super::{ConnectionTrace, Tally, Window, connection, of_connection, trace};
use crate::deliver::log_line::{Connection, Details, Event, LineClock, LogLine, head};
use crate::deliver::numbers::{Dcid, Icid, Mid};
use crate::model::moment::{Moment, as_text};
use crate::sys::time_zone::TimeZone;

/// Groups that are told apart; what comes then is counted.
const GROUPS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// A handshake with a client failed.
    TlsIn,
    /// TLS to a destination was wanted and not reached.
    TlsOut,
    /// A host did TLS before and no longer offered it.
    Downgrade,
    /// Mail waits for another attempt.
    Delayed,
    /// Mail was given up.
    Bounced,
}

/// The same failure, again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailureGroup {
    pub kind: FailureKind,
    /// The domain of the recipients; absent for mail that comes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// A code such as `tls/starttls-not-offered`; absent for mail that comes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The cause in words, with the facts of the last time.
    pub reason: String,
    /// TLS failures by connection, deliveries by recipient and attempt.
    pub count: u64,
    #[serde(with = "as_text")]
    #[schemars(with = "String")]
    pub first: Moment,
    #[serde(with = "as_text")]
    #[schemars(with = "String")]
    pub last: Moment,
    /// The setting that required TLS; without it, mail may have gone in clear text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// The host and address of the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_icid: Option<Icid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_dcid: Option<Dcid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_mid: Option<Mid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ptr_match: Option<String>,
}

/// What tells groups apart: for mail that comes in, the reason stands in place of the cause.
type Key = (FailureKind, Option<String>, String);

/// Takes lines in order and groups the failures among them.
#[derive(Debug)]
pub struct Failures {
    /// Only mail to this domain.
    domain: Option<String>,
    window: Window,
    clock: LineClock,
    connections: Kept<Connection>,
    groups: HashMap<Key, FailureGroup>,
    tally: Tally,
    others: u64,
}

impl Failures {
    pub fn new(domain: Option<String>, window: Window, zone: TimeZone) -> Failures {
        Failures {
            domain,
            window,
            clock: LineClock::new(zone),
            connections: Kept::new(),
            groups: HashMap::new(),
            tally: Tally::default(),
            others: 0,
        }
    }

    /// Takes in the next line of the text log, without its end.
    pub fn line(&mut self, line: &[u8]) {
        self.tally.lines += 1;
        let Some(head) = head(line) else {
            self.tally.unread += 1;
            return;
        };
        let connection = of_connection(&head);
        if let Some(connection) = connection {
            self.connections.keep(connection, line);
        }
        let text = line.get(head.text..).unwrap_or_default();
        let is_failure = match connection {
            Some(_) => text.windows(4).any(|window| window == b"TLS "),
            None => text.starts_with(b"Delayed: ") || text.starts_with(b"Bounced: "),
        };
        if !is_failure {
            return;
        }
        match LogLine::parse(line, &mut self.clock) {
            Ok(parsed) if self.window.holds(parsed.time) => self.tell(&parsed),
            Ok(_) => {}
            Err(_) => self.tally.unread += 1,
        }
    }

    /// Counts a line that no reader could take.
    pub fn unread(&mut self) {
        self.tally.lines += 1;
        self.tally.unread += 1;
    }

    /// The groups, those with the latest failures first; and how many failures are in none, because there were too many groups.
    pub fn finish(self) -> (Vec<FailureGroup>, u64, Tally) {
        let mut groups: Vec<FailureGroup> = self.groups.into_values().collect();
        groups.sort_by(|a, b| (a.kind, b.last, &a.domain, &a.cause).cmp(&(b.kind, a.last, &b.domain, &b.cause)));
        (groups, self.others, self.tally)
    }

    fn tell(&mut self, line: &LogLine) {
        let time = line.time;
        match &line.event {
            Event::TlsFailed { connection, reason, details } => self.tls(time, *connection, reason, details),
            Event::TlsUnsupported { dcid, details } => {
                self.tls(time, (*dcid).into(), connection::unsupported(details), details);
            }
            Event::TlsRequired { domain, required, code, reason, .. } => {
                let key = (FailureKind::TlsOut, Some(domain.clone()), code.clone());
                if let Some(group) = self.groups.get_mut(&key) {
                    group.required = Some(required.clone());
                    group.reason.clone_from(reason);
                }
            }
            Event::Downgrade { dcid, domain, host, address, last_seen } => {
                let reason = format!("{host} did TLS at {last_seen} and does not offer it any more");
                let group = FailureGroup {
                    domain: Some(domain.clone()),
                    host: Some(host.clone()),
                    address: Some(*address),
                    last_dcid: Some(*dcid),
                    ..group(FailureKind::Downgrade, time, &reason)
                };
                self.add(group, host.clone());
            }
            Event::Delayed { dcid, mid, rids, reason, details, .. } => {
                self.undelivered(FailureKind::Delayed, time, (*dcid, *mid), rids.len(), reason, details);
            }
            Event::Bounced { dcid, mid, rids, reason, details, .. } => {
                self.undelivered(FailureKind::Bounced, time, (*dcid, *mid), rids.len(), reason, details);
            }
            _ => {}
        }
    }

    fn tls(&mut self, time: Moment, connection: Connection, reason: &str, details: &Details) {
        let ConnectionTrace { domain, host, address, icid, dcid, .. } =
            trace(&self.connections, connection, &mut self.clock)
                .unwrap_or_else(|| ConnectionTrace::new(connection, time));
        let missed = MissedTls::new(reason, details);
        let (kind, cause) = match connection {
            Connection::Icid(_) => (FailureKind::TlsIn, None),
            Connection::Dcid(_) => (FailureKind::TlsOut, missed.code),
        };
        let key = cause.clone().unwrap_or_else(|| missed.reason.clone());
        let group = FailureGroup {
            domain,
            cause,
            host,
            address,
            last_icid: icid,
            last_dcid: dcid,
            ptr_match: missed.ptr_match,
            ..group(kind, time, &missed.reason)
        };
        self.add(group, key);
    }

    fn undelivered(
        &mut self,
        kind: FailureKind,
        time: Moment,
        (dcid, mid): (Option<Dcid>, Mid),
        count: usize,
        reason: &str,
        details: &Details,
    ) {
        let cause = named(details, "cause");
        let key = cause.clone().unwrap_or_else(|| reason.to_owned());
        let group = FailureGroup {
            domain: named(details, "domain"),
            cause,
            count: count as u64,
            last_dcid: dcid,
            last_mid: Some(mid),
            ..group(kind, time, reason)
        };
        self.add(group, key);
    }

    fn add(&mut self, new: FailureGroup, cause: String) {
        let is_meant = self.domain.as_ref().is_none_or(|domain| new.domain.as_ref() == Some(domain));
        if !is_meant {
            return;
        }
        let key = (new.kind, new.domain.clone(), cause);
        let is_full = self.groups.len() >= GROUPS;
        match self.groups.get_mut(&key) {
            Some(known) => {
                let (count, first, required) = (known.count + new.count, known.first, known.required.take());
                *known = FailureGroup { count, first, required, ..new };
            }
            None if is_full => self.others += new.count,
            None => drop(self.groups.insert(key, new)),
        }
    }
}

fn group(kind: FailureKind, time: Moment, reason: &str) -> FailureGroup {
    FailureGroup {
        kind,
        domain: None,
        cause: None,
        reason: reason.to_owned(),
        count: 1,
        first: time,
        last: time,
        required: None,
        host: None,
        address: None,
        last_icid: None,
        last_dcid: None,
        last_mid: None,
        ptr_match: None,
    }
}
