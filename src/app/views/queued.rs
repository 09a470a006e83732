//! A message in the queue, as operators see it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::deliver::numbers::{Icid, Mid, Rid};
use crate::deliver::queue::{Listed, ListedRecipient, Trouble};
use crate::model::moment::{Moment, rfc3339};

/// A message and those who wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueuedMessage {
    pub mid: Mid,
    /// When it was accepted; RFC 3339, UTC.
    pub arrived: String,
    pub age_seconds: u64,
    /// Octets of header and body.
    pub size: u64,
    /// Empty for the null path: a report.
    pub sender: String,
    /// The connection that brought it; absent for a message of the engine itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icid: Option<Icid>,
    /// The address that it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_address: Option<String>,
    /// What its client called itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub helo: String,
    /// It came over TLS.
    pub arrived_over_tls: bool,
    pub recipients: Vec<QueuedRecipient>,
}

/// Somebody who waits for a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueuedRecipient {
    pub rid: Rid,
    pub address: String,
    pub domain: String,
    pub state: QueuedState,
    /// Attempts so far.
    pub attempts: u32,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_attempt: Option<String>,
    /// RFC 3339, UTC; absent when it is held or being delivered, and never in the past.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt: Option<String>,
    /// Until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_seconds: Option<u64>,
    /// Its sender was told of the delay.
    pub sender_warned: bool,
    /// Why it was not delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Trouble>,
}

/// Why it is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum QueuedState {
    /// It has not been tried yet.
    Queued,
    /// It was tried in vain, and will be tried again.
    Deferred,
    /// It waits until somebody releases it.
    Held,
    /// It is being tried right now.
    Delivering,
}

impl QueuedState {
    pub fn word(self) -> &'static str {
        match self {
            QueuedState::Queued => "queued",
            QueuedState::Deferred => "deferred",
            QueuedState::Held => "held",
            QueuedState::Delivering => "delivering",
        }
    }
}

impl QueuedMessage {
    /// `underway` says whether a recipient at a domain is being tried.
    pub fn of(listed: &Listed, now: Moment, underway: impl Fn(&ListedRecipient) -> bool) -> QueuedMessage {
        let message = &listed.message;
        let received = &message.received;
        let recipient = |row: &ListedRecipient| QueuedRecipient::of(row, now, underway(row));
        QueuedMessage {
            mid: message.mid,
            arrived: rfc3339(received.at),
            age_seconds: seconds(received.at, now),
            size: message.size,
            sender: message.sender.to_string(),
            icid: received.icid,
            from_address: received.address.map(|address| address.to_string()),
            helo: received.helo.clone(),
            arrived_over_tls: received.over_tls,
            recipients: listed.recipients.iter().map(recipient).collect(),
        }
    }
}

impl QueuedRecipient {
    fn of(row: &ListedRecipient, now: Moment, underway: bool) -> QueuedRecipient {
        let waiting = &row.waiting;
        let state = match (underway, row.held, &waiting.trouble) {
            (true, _, _) => QueuedState::Delivering,
            (_, true, _) => QueuedState::Held,
            (_, _, Some(_)) => QueuedState::Deferred,
            (_, _, None) => QueuedState::Queued,
        };
        let waits = matches!(state, QueuedState::Queued | QueuedState::Deferred);
        QueuedRecipient {
            rid: waiting.rid,
            address: waiting.recipient.address.to_string(),
            domain: row.domain.to_string(),
            state,
            attempts: waiting.attempts,
            last_attempt: row.tried.map(rfc3339),
            next_attempt: waits.then(|| rfc3339(row.due.max(now))),
            next_seconds: waits.then(|| seconds(now, row.due)),
            sender_warned: waiting.warned,
            reason: waiting.trouble.clone(),
        }
    }
}

/// From one moment to another; none when it is not later.
pub fn seconds(from: Moment, to: Moment) -> u64 {
    u64::try_from((to - from).whole_seconds()).unwrap_or(0)
}
