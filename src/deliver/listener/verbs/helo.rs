//! HELO (RFC 5321 section 4.1.1.1).

use crate::deliver::listener::reply::Reply;
use crate::deliver::listener::session::{Helo, Session};

pub(super) fn run(session: &mut Session, argument: &str) -> Reply {
    match greet(session, argument, false) {
        Ok(()) => Reply::plain(250, session.hostname_text().to_owned()),
        Err(reply) => reply,
    }
}

/// Takes a client's name for itself, whatever it is, and ends the transaction under way (RFC 5321 section 4.1.4). It proves nothing, and
/// nothing depends on it.
pub(super) fn greet(session: &mut Session, name: &str, extended: bool) -> Result<(), Reply> {
    if name.is_empty() || name.len() > 255 || name.contains([' ', '\t']) {
        return Err(Reply::plain(501, "Say your host name, and nothing else"));
    }
    session.abort("Receiving aborted by sender");
    session.helo = Some(Helo { name: name.to_owned(), extended });
    Ok(())
}
