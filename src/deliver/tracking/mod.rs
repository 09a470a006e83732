//! What happened to a message, told from the mail log: lines joined over ICID, MID and DCID.
//!
//! One pass over the lines, in flat memory: of most lines only the head is read. Numbers are never given twice, so lines of many days
//! and of several starts of the engine can be joined.
//!
//! ```text
//! kept                  lines about connections that may turn out to matter
//! connection, message   what the lines about one of them come to
//! words                 the verdict in one sentence
//! failures              the same lines, grouped by destination and cause
//! ```

mod connection;
mod failures;
mod kept;
mod message;
mod words;

use std::collections::{BTreeMap, HashMap};

use crate::model::moment::Moment;
use crate::sys::time_zone::TimeZone;

use super::log_line::{Connection, Event, Head, LineClock, LogLine, head};
use super::numbers::{Dcid, Icid, Mid};
use kept::Kept;

pub use connection::{ConnectionTrace, MissedTls, TlsTrace};
pub use failures::{FailureGroup, FailureKind, Failures};
pub use message::{AttemptTrace, Fate, MessageTrace, OutcomeTrace, RecipientTrace, State, Travel};
pub use words::protocol;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    Message(Mid),
    Incoming(Icid),
    Outgoing(Dcid),
    /// Messages from or to a domain, in lower case; with a dot in front, the domains below it.
    Domain(String),
}

/// From when to when something must have happened to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    pub since: Option<Moment>,
    pub until: Option<Moment>,
}

/// Takes lines in order and keeps what answers a question.
#[derive(Debug)]
pub struct Tracker {
    question: Question,
    window: Window,
    clock: LineClock,
    /// Messages that are told; of more, the oldest are counted.
    limit: usize,
    connections: Kept<Connection>,
    /// Transactions of which it is not known yet whether they matter.
    transactions: Kept<Mid>,
    messages: BTreeMap<Mid, MessageTrace>,
    /// Which message a delivery connection is at work for.
    working: HashMap<Dcid, Mid>,
    connection: Option<ConnectionTrace>,
    tally: Tally,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub lines: u64,
    /// Lines that are not ours, or cut; of lines about something else only the head was looked at.
    pub unread: u64,
    /// Messages before those that are told.
    pub left_out: u64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// In the order of their numbers.
    pub messages: Vec<MessageTrace>,
    /// The connection that was asked for.
    pub connection: Option<ConnectionTrace>,
    pub tally: Tally,
}

impl Window {
    pub fn holds(&self, time: Moment) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
    }

    fn is_over(&self, time: Moment) -> bool {
        self.until.is_some_and(|until| time > until)
    }
}

impl Tracker {
    /// Times in the lines are of `zone`.
    pub fn new(question: Question, window: Window, limit: usize, zone: TimeZone) -> Tracker {
        Tracker {
            question,
            window,
            clock: LineClock::new(zone),
            limit: limit.max(1),
            connections: Kept::new(),
            transactions: Kept::new(),
            messages: BTreeMap::new(),
            working: HashMap::new(),
            connection: None,
            tally: Tally::default(),
        }
    }

    /// Takes in the next line of the text log, without its end.
    pub fn line(&mut self, line: &[u8]) {
        self.tally.lines += 1;
        let Some(head) = head(line) else {
            self.tally.unread += 1;
            return;
        };
        if let Some(connection) = of_connection(&head) {
            self.connections.keep(connection, line);
        }
        if let (Question::Outgoing(_), Some(mid), Some(_)) = (&self.question, head.mid, head.icid) {
            self.transactions.keep(mid, line);
        }
        if !self.concerns(&head, line) {
            return;
        }
        match LogLine::parse(line, &mut self.clock) {
            Ok(parsed) => self.tell(&parsed, line),
            Err(_) => self.tally.unread += 1,
        }
    }

    /// Counts a line that no reader could take.
    pub fn unread(&mut self) {
        self.tally.lines += 1;
        self.tally.unread += 1;
    }

    pub fn finish(mut self) -> Tracked {
        let since = self.window.since;
        let is_meant = |message: &MessageTrace| since.is_none_or(|since| message.last.is_none_or(|last| last >= since));
        let mut messages: Vec<MessageTrace> = self.messages.into_values().filter(is_meant).collect();
        messages.iter_mut().for_each(MessageTrace::conclude);
        self.connection = self.connection.filter(|connection| !self.window.is_over(connection.began));
        Tracked { messages, connection: self.connection, tally: self.tally }
    }

    /// Whether a line must be read in full.
    fn concerns(&self, head: &Head, line: &[u8]) -> bool {
        let tracks = |mid: Option<Mid>| mid.is_some_and(|mid| self.messages.contains_key(&mid));
        let works = head.dcid.is_some_and(|dcid| self.working.contains_key(&dcid));
        if works || tracks(head.mid) || tracks(head.of) {
            return true;
        }
        match &self.question {
            Question::Message(mid) => head.mid == Some(*mid) || head.of == Some(*mid),
            Question::Incoming(icid) => head.icid == Some(*icid),
            Question::Outgoing(dcid) => head.dcid == Some(*dcid),
            // Who it is from and for stands in the lines of the transaction.
            Question::Domain(_) => head.mid.is_some() && (head.icid.is_some() || is_end_of_transaction(head, line)),
        }
    }

    fn tell(&mut self, parsed: &LogLine, raw: &[u8]) {
        let (time, event) = (parsed.time, &parsed.event);
        let numbers = Numbers::of(event);
        if let Some(connection) = numbers.connection.filter(|_| numbers.mid.is_none()) {
            self.tell_connection(connection, time, event);
        }
        if let Event::NewOutgoing { dcid, .. } | Event::ConnectionError { dcid, .. } = event {
            self.tell_connection((*dcid).into(), time, event);
        }
        if let Some(mid) = numbers.mid {
            self.tell_message(mid, time, event, raw);
        }
        if let Event::Generated { of, .. } = event
            && let Some(message) = self.messages.get_mut(of)
        {
            message.tell(time, event);
        }
    }

    fn tell_connection(&mut self, connection: Connection, time: Moment, event: &Event) {
        let asked = match self.question {
            Question::Incoming(icid) => Some(Connection::Icid(icid)),
            Question::Outgoing(dcid) => Some(Connection::Dcid(dcid)),
            _ => None,
        };
        if asked == Some(connection) {
            self.connection.get_or_insert_with(|| ConnectionTrace::new(connection, time)).tell(time, event);
        }
        let Connection::Dcid(dcid) = connection else { return };
        let attempt = self.working.get(&dcid).and_then(|mid| self.messages.get_mut(mid)?.attempt_on(dcid));
        if let Some(trace) = attempt.and_then(|attempt| attempt.connection.as_mut()) {
            trace.tell(time, event);
        }
        if matches!(event, Event::Close { .. } | Event::Lost { .. }) {
            self.working.remove(&dcid);
        }
    }

    fn tell_message(&mut self, mid: Mid, time: Moment, event: &Event, raw: &[u8]) {
        if !self.messages.contains_key(&mid) && !self.wants(mid, time, event, raw) {
            return;
        }
        if !self.messages.contains_key(&mid) {
            self.begin(mid, time, event);
        }
        if let Some(dcid) = dcid_of(event) {
            self.attempt(mid, dcid, time, event);
        }
        if let Some(message) = self.messages.get_mut(&mid) {
            message.tell(time, event);
        }
    }

    /// Whether a message that is not followed yet shall be.
    fn wants(&mut self, mid: Mid, time: Moment, event: &Event, raw: &[u8]) -> bool {
        let is_asked = match &self.question {
            Question::Message(asked) => *asked == mid,
            Question::Incoming(icid) => icid_of(event) == Some(*icid),
            Question::Outgoing(dcid) => dcid_of(event) == Some(*dcid),
            Question::Domain(_) => false,
        };
        let Question::Domain(domain) = &self.question else { return is_asked && !self.window.is_over(time) };
        let address = match event {
            Event::From { sender, .. } => sender,
            Event::To { recipient, .. } => recipient,
            Event::Queued { .. } | Event::Aborted { .. } => {
                self.transactions.forget(mid);
                return false;
            }
            _ => {
                self.transactions.keep(mid, raw);
                return false;
            }
        };
        let is_meant = is_at(address, domain) && !self.window.is_over(time);
        if !is_meant {
            self.transactions.keep(mid, raw);
        }
        is_meant
    }

    /// Follows a message from now on, with what was said about it and its connection before.
    fn begin(&mut self, mid: Mid, time: Moment, event: &Event) {
        let mut message = MessageTrace::new(mid, time);
        let mut icid = icid_of(event);
        let before = self.transactions.lines(mid);
        self.transactions.forget(mid);
        for (index, raw) in before.iter().enumerate() {
            if let Ok(line) = LogLine::parse(raw, &mut self.clock) {
                if index == 0 {
                    message.began = line.time;
                }
                icid = icid.or(icid_of(&line.event));
                message.tell(line.time, &line.event);
            }
        }
        if let Some(icid) = icid.filter(|icid| icid.0 > 0) {
            message.incoming = self.trace(icid.into());
        }
        self.messages.insert(mid, message);
        if self.messages.len() > self.limit
            && let Some((oldest, _)) = self.messages.pop_first()
        {
            self.tally.left_out += 1;
            self.working.retain(|_, mid| *mid != oldest);
        }
    }

    /// Begins an attempt when a message meets a connection for the first time.
    fn attempt(&mut self, mid: Mid, dcid: Dcid, time: Moment, event: &Event) {
        self.working.insert(dcid, mid);
        let is_known = self.messages.get_mut(&mid).is_some_and(|message| match event {
            // The same connection may be tried again for the same message, later.
            Event::DeliveryStart { .. } => message.attempt_on(dcid).is_some_and(|attempt| attempt.outcomes.is_empty()),
            _ => message.attempt_on(dcid).is_some(),
        });
        if is_known {
            return;
        }
        let connection = self.trace(dcid.into());
        let reused = matches!(event, Event::DeliveryStart { .. });
        let attempt = AttemptTrace { time, connection, reused, outcomes: Vec::new() };
        if let Some(message) = self.messages.get_mut(&mid) {
            message.begin(attempt);
        }
    }

    /// What the lines so far say about a connection.
    fn trace(&mut self, connection: Connection) -> Option<ConnectionTrace> {
        trace(&self.connections, connection, &mut self.clock)
    }
}

/// What the kept lines say about a connection.
fn trace(kept: &Kept<Connection>, connection: Connection, clock: &mut LineClock) -> Option<ConnectionTrace> {
    let mut trace = None;
    for raw in kept.lines(connection) {
        if let Ok(line) = LogLine::parse(&raw, clock) {
            trace.get_or_insert_with(|| ConnectionTrace::new(connection, line.time)).tell(line.time, &line.event);
        }
    }
    trace
}

/// What an event is about.
struct Numbers {
    connection: Option<Connection>,
    mid: Option<Mid>,
}

impl Numbers {
    fn of(event: &Event) -> Numbers {
        let of_message = |mid: Mid| Numbers { connection: None, mid: Some(mid) };
        let of_connection = |connection| Numbers { connection: Some(connection), mid: None };
        match event {
            Event::Start { mid, .. }
            | Event::From { mid, .. }
            | Event::To { mid, .. }
            | Event::Rejected { mid, .. }
            | Event::MessageId { mid, .. }
            | Event::Ready { mid, .. }
            | Event::Queued { mid }
            | Event::Aborted { mid, .. }
            | Event::DeliveryStart { mid, .. }
            | Event::DeliveryDone { mid, .. }
            | Event::Response { mid, .. }
            | Event::Delayed { mid, .. }
            | Event::Bounced { mid, .. }
            | Event::Administered { mid, .. }
            | Event::Generated { mid, .. }
            | Event::Finished { mid }
            | Event::NewOutgoing { mid, .. }
            | Event::ConnectionError { mid, .. } => of_message(*mid),
            Event::NewIncoming { icid, .. } | Event::Policy { icid, .. } | Event::ReceivingFailed { icid, .. } => {
                of_connection((*icid).into())
            }
            Event::TlsSuccess { connection, .. }
            | Event::TlsFailed { connection, .. }
            | Event::Lost { connection }
            | Event::Close { connection } => of_connection(*connection),
            Event::TlsUnsupported { dcid, .. }
            | Event::Downgrade { dcid, .. }
            | Event::LegacyPeer { dcid, .. }
            | Event::TlsRequired { dcid, .. } => of_connection((*dcid).into()),
            Event::Engine { .. } => Numbers { connection: None, mid: None },
        }
    }
}

/// The connection that a message is sent on.
fn dcid_of(event: &Event) -> Option<Dcid> {
    match event {
        Event::NewOutgoing { dcid, .. }
        | Event::ConnectionError { dcid, .. }
        | Event::DeliveryStart { dcid, .. }
        | Event::DeliveryDone { dcid, .. } => Some(*dcid),
        Event::Delayed { dcid, .. } | Event::Bounced { dcid, .. } => *dcid,
        _ => None,
    }
}

/// The connection that a message comes on.
fn icid_of(event: &Event) -> Option<Icid> {
    match event {
        Event::Start { icid, .. } | Event::From { icid, .. } | Event::To { icid, .. } => Some(*icid),
        _ => None,
    }
}

/// The connection that a line is about, and nothing else.
fn of_connection(head: &Head) -> Option<Connection> {
    match (head.icid, head.dcid, head.mid) {
        (Some(icid), None, None) => Some(icid.into()),
        (None, Some(dcid), None) => Some(dcid.into()),
        // The line that opens a connection names the message it is for; of those about deliveries nothing is needed.
        (None, Some(dcid), Some(_)) if head.is_opening => Some(dcid.into()),
        _ => None,
    }
}

/// Behind it nobody asks any more who a message is from and for.
fn is_end_of_transaction(head: &Head, line: &[u8]) -> bool {
    let text = line.get(head.text..).unwrap_or_default();
    text.starts_with(b"Message aborted ") || text.ends_with(b" queued for delivery") || head.of.is_some()
}

/// Whether an address is at `domain`, or with a dot in front of it, below it.
fn is_at(address: &str, domain: &str) -> bool {
    let Some((_, at)) = address.rsplit_once('@') else { return false };
    let at = at.to_lowercase();
    if domain.starts_with('.') { at.ends_with(domain) } else { at == domain }
}
