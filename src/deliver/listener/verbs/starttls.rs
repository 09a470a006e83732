//! STARTTLS (RFC 3207).

use std::sync::Arc;

use tokio::time::{Duration, Instant, timeout_at};

use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::listener::tls::{self, Tls};
use crate::deliver::log_line::{Details, Event};
use crate::deliver::wire::WireError;
use crate::model::configuration::ListenerTls;
use crate::sys::clock;

/// What a handshake gets while others wait for theirs.
const WHEN_CROWDED: Duration = Duration::from_secs(5);

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    if session.policy().tls == ListenerTls::Off {
        return session.answer(Reply::new(502, 5, 1, "TLS is not offered here")).await;
    }
    if session.tls.is_some() {
        return session.answer(reply::bad_sequence("TLS is there already")).await;
    }
    if !argument.is_empty() {
        return session.answer(reply::no_parameters()).await;
    }
    // What stands behind STARTTLS in clear text could be anybody's, and would count as sent under TLS (CVE-2011-0411).
    if !session.wire.is_empty() {
        let reply = Reply::new(554, 5, 1, "Nothing may follow STARTTLS before the handshake, closing");
        return Ok(session.refuse("commands were pipelined behind STARTTLS", reply));
    }
    session.abort("Receiving aborted by sender");
    session.write(&Reply::plain(220, "Go ahead with TLS"));
    session.wire.flush(session.command_deadline()).await?;
    handshake(session).await
}

/// Does the handshake. After one that fails, the connection ends at every setting: clear text would be what an attacker wants.
pub(in crate::deliver::listener) async fn handshake(session: &mut Session) -> Result<Next, WireError> {
    let deadline = Instant::now() + session.limits().handshake_timeout;
    let failure = Box::pin(attempt(session, deadline)).await.err();
    let connection = session.icid.into();
    if let Some(reason) = failure {
        session.say(Event::TlsFailed { connection, reason, details: Details::new() });
        return Err(WireError::Lost);
    }
    let Some(agreed) = session.wire.stream().tls() else { return Err(WireError::Lost) };
    let tls = Tls::of(agreed, session.live(), session.policy(), clock::now());
    let (protocol, cipher, details) = (tls.protocol, tls.cipher, tls.details());
    session.say(Event::TlsSuccess { connection, protocol: protocol.into(), cipher: cipher.into(), details });
    session.tls = Some(Box::new(tls));
    // All that was said before the handshake is forgotten (RFC 3207 section 4.2).
    session.helo = None;
    session.transaction = None;
    session.mail_refused = false;
    Ok(Next::Go)
}

async fn attempt(session: &mut Session, deadline: Instant) -> Result<(), String> {
    const LATE: &str = "the client did not finish the handshake in time";
    // Whoever sends nothing takes no turn away from others.
    let first = timeout_at(deadline, session.wire.stream().first_octet()).await;
    first.map_err(|_| LATE.to_owned())?.map_err(|error| tls::failure(&error))?;
    let turn = timeout_at(deadline, session.shared.crowd.handshake()).await;
    let (_turn, is_crowded) = turn.map_err(|_| "too many handshakes at the same time".to_owned())?;
    let deadline = if is_crowded { deadline.min(Instant::now() + WHEN_CROWDED) } else { deadline };
    let Some(server) = session.live().server(&session.listener().name) else {
        return Err("the listener has no certificate".to_owned());
    };
    let config = Arc::clone(if session.policy().verify_client { &server.asking } else { &server.plain });
    let shaken = timeout_at(deadline, session.wire.stream_mut().start_tls(&config)).await;
    shaken.map_err(|_| LATE.to_owned())?.map_err(|error| tls::failure(&error))
}
