//! One message, from MAIL to its end, as the lines of the log tell it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::connection::{ConnectionTrace, named};
use super::words;
use crate::deliver::log_line::{Details, Event};
use crate::deliver::numbers::{Dcid, Mid, Rid};
use crate::model::moment::{Moment, as_optional_text, as_text};

/// Attempts that are kept of one message: about what a bounce profile allows. Then the oldest go.
const ATTEMPTS: usize = 500;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageTrace {
    pub mid: Mid,
    /// One sentence: what became of it, and whether it travelled over TLS.
    pub verdict: String,
    pub state: State,
    #[serde(with = "as_text")]
    #[schemars(with = "String")]
    pub began: Moment,
    /// The connection it came on; absent when this gateway wrote it, or when the logs begin later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming: Option<ConnectionTrace>,
    /// It reports about this message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<ReportTrace>,
    /// Empty for the null path; absent when the logs begin later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub octets: Option<u64>,
    pub recipients: Vec<RecipientTrace>,
    /// Recipients that were refused, with the reply.
    pub rejected: Vec<RejectedRecipient>,
    /// When it was on stable storage.
    #[serde(with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub queued: Option<Moment>,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aborted: Option<String>,
    pub attempts: Vec<AttemptTrace>,
    /// Attempts before these, of which there are too many to show.
    pub attempts_left_out: u64,
    /// What its sender was told.
    pub reports: Vec<ReportTrace>,
    #[serde(with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub finished: Option<Moment>,
    #[serde(skip)]
    pub(super) last: Option<Moment>,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is still coming in, or the log ends there.
    Arriving,
    NotTaken,
    Queued,
    Delivered,
    Bounced,
    /// An operator dropped it.
    Dropped,
    /// Some recipients got it, others never will.
    PartlyDelivered,
}

/// A message and a report about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportTrace {
    pub mid: Mid,
    /// `failed`, `delayed`, `relayed`.
    pub action: String,
}

/// A recipient, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecipientTrace {
    pub rid: Rid,
    /// Absent when the logs begin later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<OutcomeTrace>,
}

/// A recipient that RCPT was refused for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RejectedRecipient {
    pub address: String,
    pub reply: String,
}

/// One try with one host, or one that found no host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AttemptTrace {
    #[serde(with = "as_text")]
    #[schemars(with = "String")]
    pub time: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionTrace>,
    /// Mail went over the connection before.
    pub reused: bool,
    pub outcomes: Vec<OutcomeTrace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Delivered,
    Delayed,
    Bounced,
    /// By an operator.
    Held,
    /// By an operator.
    Dropped,
}

/// What an attempt came to for some recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OutcomeTrace {
    pub fate: Fate,
    pub rids: Vec<Rid>,
    /// The status of RFC 3463, unless it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The cause as a code: `tls/starttls-not-offered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The peer's reply, or the reason in words.
    pub words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// How it travelled, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travelled: Option<Travel>,
    /// When the next attempt is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How a message travelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Travel {
    /// Absent in clear text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// Why it is less than was hoped for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl MessageTrace {
    pub(super) fn new(mid: Mid, began: Moment) -> MessageTrace {
        MessageTrace {
            mid,
            verdict: String::new(),
            state: State::Arriving,
            began,
            incoming: None,
            about: None,
            sender: None,
            helo: None,
            message_id: None,
            octets: None,
            recipients: Vec::new(),
            rejected: Vec::new(),
            queued: None,
            aborted: None,
            attempts: Vec::new(),
            attempts_left_out: 0,
            reports: Vec::new(),
            finished: None,
            last: None,
        }
    }

    /// Takes in a line about it.
    pub(super) fn tell(&mut self, time: Moment, event: &Event) {
        self.last = Some(time);
        match event {
            Event::From { sender, details, .. } => {
                (self.sender, self.helo) = (Some(sender.clone()), named(details, "helo"));
            }
            Event::To { rid, recipient, .. } => self.recipient(*rid).address = Some(recipient.clone()),
            Event::Rejected { recipient, reply, .. } => {
                self.rejected.push(RejectedRecipient { address: recipient.clone(), reply: reply.clone() });
            }
            Event::MessageId { message_id, .. } => self.message_id = Some(message_id.clone()),
            Event::Ready { octets, sender, .. } => {
                self.octets = Some(*octets);
                self.sender.get_or_insert_with(|| sender.clone());
            }
            Event::Queued { .. } => self.queued = Some(time),
            Event::Aborted { reason, .. } => self.aborted = Some(reason.clone()),
            Event::Generated { of, action, mid } if *mid == self.mid => {
                self.about = Some(ReportTrace { mid: *of, action: action.to_string() });
            }
            Event::Generated { mid, action, .. } => {
                self.reports.push(ReportTrace { mid: *mid, action: action.to_string() });
            }
            Event::Administered { rids, deed, .. } => self.administered(time, rids, deed),
            Event::Finished { .. } => self.finished = Some(time),
            other => self.ended(time, other),
        }
    }

    fn ended(&mut self, time: Moment, event: &Event) {
        let outcome = |fate, rids: &[Rid], words: &str, details: &Details| OutcomeTrace {
            fate,
            rids: rids.to_vec(),
            status: None,
            cause: named(details, "cause"),
            words: words.to_owned(),
            domain: named(details, "domain"),
            travelled: None,
            next: named(details, "next"),
        };
        match event {
            Event::DeliveryDone { dcid, rids, details, .. } => {
                let outcome = OutcomeTrace {
                    travelled: Some(Travel::new(details)),
                    ..outcome(Fate::Delivered, rids, "", &Details::new())
                };
                self.came_to(time, Some(*dcid), outcome);
            }
            Event::Response { rids, reply, .. } => {
                let outcomes = self.attempts.iter_mut().rev().flat_map(|attempt| &mut attempt.outcomes);
                for outcome in outcomes.chain(self.recipients.iter_mut().filter_map(|to| to.last.as_mut())) {
                    if outcome.fate == Fate::Delivered && outcome.rids == *rids {
                        outcome.words.clone_from(reply);
                    }
                }
            }
            Event::Delayed { dcid, rids, code, reason, details, .. } => {
                let outcome = outcome(Fate::Delayed, rids, reason, details);
                self.came_to(time, *dcid, OutcomeTrace { status: Some(code.clone()), ..outcome });
            }
            Event::Bounced { dcid, rids, code, reason, details, .. } => {
                let outcome = outcome(Fate::Bounced, rids, reason, details);
                self.came_to(time, *dcid, OutcomeTrace { status: Some(code.clone()), ..outcome });
            }
            _ => {}
        }
    }

    /// An operator's deed stands among the attempts; what is released waits again.
    fn administered(&mut self, time: Moment, rids: &[Rid], deed: &str) {
        let fate = match deed {
            "dropped" => Fate::Dropped,
            "held" => Fate::Held,
            _ => Fate::Delayed,
        };
        let outcome = OutcomeTrace {
            fate,
            rids: rids.to_vec(),
            status: None,
            cause: None,
            words: format!("{deed} by an operator"),
            domain: None,
            travelled: None,
            next: None,
        };
        self.came_to(time, None, outcome);
    }

    fn came_to(&mut self, time: Moment, dcid: Option<Dcid>, mut outcome: OutcomeTrace) {
        let attempt = dcid.and_then(|dcid| self.attempt_on(dcid));
        let missed = attempt.and_then(|attempt| attempt.connection.as_ref()?.tls_missed.as_ref());
        if let (Some(travel), Some(missed)) = (outcome.travelled.as_mut(), missed) {
            // Why it is in clear text.
            travel.reason.get_or_insert_with(|| missed.reason.clone());
        }
        for rid in &outcome.rids {
            self.recipient(*rid).last = Some(outcome.clone());
        }
        let known = dcid.and_then(|dcid| self.attempt_on(dcid)).is_some();
        if !known {
            self.begin(AttemptTrace { time, connection: None, reused: false, outcomes: Vec::new() });
        }
        let attempt = match dcid.filter(|_| known) {
            Some(dcid) => self.attempt_on(dcid),
            None => self.attempts.last_mut(),
        };
        attempt.into_iter().for_each(|attempt| attempt.outcomes.push(outcome.clone()));
    }

    /// The last attempt on a connection.
    pub(super) fn attempt_on(&mut self, dcid: Dcid) -> Option<&mut AttemptTrace> {
        self.attempts.iter_mut().rev().find(|attempt| attempt.dcid() == Some(dcid))
    }

    pub(super) fn begin(&mut self, attempt: AttemptTrace) {
        if self.attempts.len() >= ATTEMPTS {
            self.attempts.remove(0);
            self.attempts_left_out += 1;
        }
        self.attempts.push(attempt);
    }

    fn recipient(&mut self, rid: Rid) -> &mut RecipientTrace {
        let at = match self.recipients.binary_search_by_key(&rid, |known| known.rid) {
            Ok(at) => at,
            Err(at) => {
                self.recipients.insert(at, RecipientTrace { rid, address: None, last: None });
                at
            }
        };
        &mut self.recipients[at]
    }

    /// Says what it all comes to.
    pub(super) fn conclude(&mut self) {
        self.state = self.state_now();
        self.verdict = words::verdict(self);
    }

    fn state_now(&self) -> State {
        let mut fates = BTreeMap::new();
        for recipient in &self.recipients {
            *fates.entry(recipient.last.as_ref().map(|last| last.fate as u8)).or_insert(0) += 1;
        }
        let has = |fate: Fate| fates.contains_key(&Some(fate as u8));
        let waits =
            [None, Some(Fate::Delayed as u8), Some(Fate::Held as u8)].iter().any(|fate| fates.contains_key(fate));
        let waits = waits || self.recipients.is_empty();
        match (self.aborted.is_some(), self.queued.is_some() || !self.attempts.is_empty()) {
            (true, _) => State::NotTaken,
            (false, false) if self.finished.is_none() => State::Arriving,
            _ if waits && self.finished.is_none() => State::Queued,
            _ if has(Fate::Delivered) && (has(Fate::Bounced) || has(Fate::Dropped)) => State::PartlyDelivered,
            _ if has(Fate::Bounced) => State::Bounced,
            _ if has(Fate::Dropped) => State::Dropped,
            _ if has(Fate::Delivered) => State::Delivered,
            _ => State::Queued,
        }
    }
}

impl AttemptTrace {
    pub(super) fn dcid(&self) -> Option<Dcid> {
        self.connection.as_ref().and_then(|connection| connection.dcid)
    }
}

impl Travel {
    fn new(details: &Details) -> Travel {
        Travel {
            protocol: named(details, "tls").filter(|protocol| protocol != "none"),
            verify: named(details, "verify"),
            matched: named(details, "match"),
            code: named(details, "code"),
            reason: named(details, "reason"),
        }
    }
}
