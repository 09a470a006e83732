//! QUIT (RFC 5321 section 4.1.1.10).

use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::wire::WireError;

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    if !argument.is_empty() {
        return session.answer(reply::no_parameters()).await;
    }
    session.abort("Receiving aborted by sender");
    session.write(&Reply::new(221, 0, 0, "Bye"));
    Ok(Next::Close)
}
