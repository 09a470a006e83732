//! What a service manager is told: sd_notify(3). Without one, nothing happens.

use sd_notify::{NotifyState, notify};

/// Everything is open and served.
pub fn ready() {
    // Nobody is left to tell when the manager cannot be told.
    let _ = notify(&[NotifyState::Ready]);
}

/// Another revision is being taken.
pub fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        let _ = notify(&[NotifyState::Reloading, now]);
    }
}

/// No new connections; those under way come to an end.
pub fn stopping() {
    let _ = notify(&[NotifyState::Stopping]);
}
