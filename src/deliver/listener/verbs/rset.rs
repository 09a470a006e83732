//! RSET (RFC 5321 section 4.1.1.5).

use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::Session;

pub(super) fn run(session: &mut Session, argument: &str) -> Reply {
    if !argument.is_empty() {
        return reply::no_parameters();
    }
    session.abort("Receiving aborted by sender");
    session.mail_refused = false;
    reply::ok()
}
