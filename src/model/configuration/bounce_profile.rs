//! `[bounce-profile.NAME]`: how long and how often delivery is tried before a message bounces.

use std::time::Duration;

/// The profile `(Default)` has the values of `Default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceProfile {
    /// Attempts after the first.
    pub retries: u32,
    /// Time in the queue.
    pub longest_in_queue: Duration,
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// When the sender is told of a delay (RFC 3464 action `delayed`); `None` is never.
    pub delay_warning: Option<Duration>,
}

impl Default for BounceProfile {
    fn default() -> BounceProfile {
        BounceProfile {
            retries: 100,
            longest_in_queue: Duration::from_secs(72 * 3600),
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(3600),
            delay_warning: None,
        }
    }
}
