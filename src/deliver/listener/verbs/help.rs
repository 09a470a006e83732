//! HELP (RFC 5321 section 4.1.1.8).

use crate::deliver::listener::reply::Reply;

pub(super) fn run() -> Reply {
    Reply::new(214, 0, 0, "See RFC 5321; the reply to EHLO says what else is spoken here")
}
