//! What became of one recipient.

use std::time::Duration;

use crate::deliver::connection::{Peer, Security};
use crate::deliver::dialogue::Reply;
use crate::deliver::numbers::Dcid;
use crate::deliver::queue::{Settlement, Trouble};

use super::reason::Reason;

/// What became of one recipient on an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Delivered {
        reply: Reply,
        /// The peer knows what the sender wants to hear, and reports itself.
        dsn: bool,
    },
    /// To be tried again.
    Deferred(Reason),
    /// Not tried, because a moment ago no host of the domain could be used, and why.
    Suspended(Reason),
    /// Refused for good.
    Failed(Reason),
    /// Not tried, for a limit of ours.
    Postponed(Duration),
}

/// An outcome and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub outcome: Outcome,
    /// The connection that it was decided on.
    pub via: Option<Via>,
}

/// A connection, as far as an outcome needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    pub dcid: Option<Dcid>,
    pub peer: Peer,
    /// How the message travelled; `None` when it did not.
    pub security: Option<Security>,
}

impl Ended {
    /// Deferred or failed, as the reason says.
    pub fn for_reason(reason: Reason, via: Option<Via>) -> Ended {
        let outcome = if reason.is_permanent() { Outcome::Failed(reason) } else { Outcome::Deferred(reason) };
        Ended { outcome, via }
    }

    /// In the terms of the queue.
    pub fn settlement(&self) -> Settlement {
        let host = self.via.as_ref().map(|via| via.peer.host.to_string());
        match &self.outcome {
            Outcome::Delivered { reply, dsn } => {
                Settlement::Delivered { remote_mta: host.unwrap_or_default(), reply: reply.to_string(), dsn: *dsn }
            }
            Outcome::Deferred(reason) => Settlement::Deferred(trouble(reason, host)),
            Outcome::Suspended(reason) => {
                Settlement::Suspended(Trouble { sentence: suspended(reason), ..trouble(reason, None) })
            }
            Outcome::Failed(reason) => Settlement::Failed(trouble(reason, host)),
            Outcome::Postponed(wait) => Settlement::Postponed(*wait),
        }
    }
}

/// Why a message was not tried.
pub fn suspended(reason: &Reason) -> String {
    format!("delivery temporarily suspended: {reason}")
}

fn trouble(reason: &Reason, remote_mta: Option<String>) -> Trouble {
    Trouble {
        status: reason.status(),
        sentence: reason.to_string(),
        remote_mta,
        reply: reason.reply().map(ToString::to_string),
    }
}
