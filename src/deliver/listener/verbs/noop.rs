//! NOOP (RFC 5321 section 4.1.1.9); its argument means nothing.

use crate::deliver::listener::reply::{self, Reply};

pub(super) fn run() -> Reply {
    reply::ok()
}
