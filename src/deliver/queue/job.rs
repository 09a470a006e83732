//! What is claimed from the queue and how it comes back: a message with its due recipients at one domain, and what became of each.

use std::sync::Arc;
use std::time::Duration;

use crate::deliver::envelope::{BodyType, EnvelopeId, MailDomain, Received, Recipient, Ret, ReversePath};
use crate::deliver::numbers::{Mid, Rid};
use crate::deliver::status_code::StatusCode;

use super::Shared;
use super::time::QueueTime;

/// A message in the queue, without its recipients and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub mid: Mid,
    pub sender: ReversePath,
    pub body: BodyType,
    pub smtputf8: bool,
    pub ret: Option<Ret>,
    pub envid: Option<EnvelopeId>,
    pub received: Received,
    /// Octets of header and body.
    pub size: u64,
    /// Its body stands in a file of its own.
    pub(super) in_file: bool,
    /// When it was accepted.
    pub(in crate::deliver) since: QueueTime,
}

/// A recipient that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub rid: Rid,
    pub recipient: Recipient,
    /// Attempts so far.
    pub attempts: u32,
    /// The sender was told of the delay.
    pub warned: bool,
    /// Why the last attempt failed.
    pub trouble: Option<Trouble>,
}

/// Due recipients of one message at one domain, at most 100 (RFC 5321 section 4.5.3.1.8). Dropped without `settle`, they
/// are due again at once.
#[derive(Debug)]
pub struct Job {
    pub message: Arc<Queued>,
    pub domain: MailDomain,
    pub recipients: Vec<Waiting>,
    pub(super) ticket: Ticket,
}

/// Who has claimed something; gives it back when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    pub number: u64,
    pub shared: Arc<Shared>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.shared.give_back(self.number);
    }
}

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    Delivered {
        /// Who took it.
        remote_mta: String,
        /// Its reply, code and text.
        reply: String,
        /// It offered DSN and was told what the sender wants to know, so the report is its duty.
        dsn: bool,
    },
    /// Tried in vain; to be tried again.
    Deferred(Trouble),
    /// Not tried, because a moment ago no host of the domain could be used; with the reason. Does not count as an attempt, but waits
    /// as after one.
    Suspended(Trouble),
    /// Refused for good.
    Failed(Trouble),
    /// Not tried, for a limit of ours; does not count as an attempt.
    Postponed(Duration),
}

/// Why an attempt failed, in the terms of a delivery report (RFC 3464 section 2.3).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Trouble {
    /// Class 4 for a deferral, class 5 for a failure.
    #[schemars(with = "String")]
    pub status: StatusCode,
    /// For people: one sentence without a full stop.
    pub sentence: String,
    /// The peer that was asked, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_mta: Option<String>,
    /// The peer's reply, when there was one: code and text, lines joined with spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
}

#[cfg(test)]
impl Queued {
    /// MID 5 of 400 octets.
    pub(in crate::deliver) fn for_tests(sender: ReversePath, envid: Option<EnvelopeId>, received: Received) -> Queued {
        let (body, since) = (BodyType::SevenBit, QueueTime(0));
        let ret = None;
        Queued { mid: Mid(5), sender, body, smtputf8: false, ret, envid, received, size: 400, in_file: false, since }
    }
}
