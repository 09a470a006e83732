//! EHLO (RFC 5321 section 4.1.1.1): who we are, and what we can do.

use super::helo;
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::wire::WireError;
use crate::model::configuration::ListenerTls;

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    if let Err(reply) = helo::greet(session, argument, true) {
        return session.answer(reply).await;
    }
    let mut lines = vec![session.hostname_text().to_owned()];
    let words = ["PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES"];
    lines.extend(words.map(str::to_owned));
    lines.push(format!("SIZE {}", session.message_size()));
    // Not again after a handshake (RFC 3207 section 4.2).
    if session.tls.is_none() && session.policy().tls != ListenerTls::Off {
        lines.push("STARTTLS".to_owned());
    }
    lines.push("HELP".to_owned());
    let last = lines.len() - 1;
    for (at, line) in lines.iter().enumerate() {
        let separator = if at == last { ' ' } else { '-' };
        session.wire.write(format!("250{separator}{line}\r\n").as_bytes());
    }
    Ok(Next::Go)
}
