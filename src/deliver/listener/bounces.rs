//! Bounces that come in: those that answer mail of ours carry the tag with which it left.

use super::reply::Reply;
use super::session::Session;
use crate::deliver::bounce_verification::Verdict;
use crate::deliver::envelope::{Address, ReversePath};
use crate::model::configuration::Action;
use crate::sys::clock;

/// The header field of a bounce that nothing speaks for.
pub(super) const MARK: &str = "X-Bounce-Verification: failed\r\n";

/// What a recipient says about the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounce {
    /// No bounce, or one that is not checked, or one that answers mail of ours.
    Fine,
    Unverified,
}

/// The address behind the tag, and whether a message from the null path may be a bounce of our mail. Those who may relay send us
/// their own bounces and automatic answers, and are not checked.
pub(super) fn behind_tag(session: &Session, address: Address) -> Result<(Address, Bounce), Reply> {
    let Some(verifier) = session.bounces().filter(|verifier| verifier.is_ours(&address)) else {
        return Ok((address, Bounce::Fine));
    };
    let is_bounce = session.transaction.as_ref().is_some_and(|transaction| transaction.sender == ReversePath::Null);
    let checked = is_bounce && verifier.tags && session.policy().action != Action::Relay;
    let (address, genuine) = match verifier.check(&address, clock::now()) {
        Verdict::Genuine(original) => (original, true),
        // Whoever answers by hand may take longer than a bounce.
        Verdict::Expired(original) => (original, false),
        // Not ours, and so the tag may be a part of the name.
        Verdict::Forged(_) | Verdict::Untagged => (address, false),
    };
    match genuine || !checked {
        true => Ok((address, Bounce::Fine)),
        false if verifier.reject => {
            Err(Reply::new(550, 7, 1, "This bounce answers no message that was sent from here"))
        }
        false => Ok((address, Bounce::Unverified)),
    }
}
