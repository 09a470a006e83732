//! A message in the queue in lines, for a listing and for a single one.

use crate::app::views::queued::{QueuedMessage, QueuedRecipient, QueuedState};
use crate::deliver::queue::Trouble;
use crate::model::moment::{plural, span};

/// `<>` for the null path.
pub fn sender(message: &QueuedMessage) -> &str {
    if message.sender.is_empty() { "<>" } else { &message.sender }
}

/// `4.1 KB`, as `ls -h` counts: 1 KB is 1024 octets.
pub fn size(octets: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if octets < 1_024 {
        return plural(octets, "octet");
    }
    let mut value = octets as f64 / 1_024.0;
    let mut unit = 0;
    while value >= 1_024.0 && unit + 1 < UNITS.len() {
        value /= 1_024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `deferred, tried 3 times, next try in 12 minutes`.
pub fn standing(recipient: &QueuedRecipient) -> String {
    let mut parts = vec![recipient.state.word().to_owned()];
    match recipient.attempts {
        0 => {}
        1 => parts.push("tried once".to_owned()),
        more => parts.push(format!("tried {more} times")),
    }
    if let (QueuedState::Queued | QueuedState::Deferred, Some(seconds)) = (recipient.state, recipient.next_seconds) {
        parts.push(format!("next try {}", next(seconds)));
    }
    parts.join(", ")
}

/// `in 12 minutes`, `now`.
pub fn next(seconds: u64) -> String {
    match seconds {
        0 => "now".to_owned(),
        seconds => format!("in {}", span(seconds)),
    }
}

/// `4.7.5 mx1.example.net: the certificate expired 9 days ago`.
pub fn reason(trouble: &Trouble) -> String {
    let host = trouble.remote_mta.as_ref().map(|host| format!("{host}: ")).unwrap_or_default();
    format!("{} {host}{}", trouble.status, trouble.sentence)
}
