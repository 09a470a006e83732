//! `[bounce-verification]`: keys that tag envelope senders, so that bounces of mail we never sent are known as such.

use zeroize::Zeroizing;

/// Keys in the order of the file: the first tags, the others are still accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BounceVerification {
    pub keys: Vec<Zeroizing<String>>,
    /// Refuse untagged bounces; otherwise the message gets a header.
    pub reject: bool,
}
