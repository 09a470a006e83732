//! MAIL (RFC 5321 section 4.1.1.2), with SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET and ENVID (RFC 3461).

use super::super::parameters;
use crate::deliver::envelope::{AddressError, BodyType, EnvelopeId, Ret, ReversePath};
use crate::deliver::listener::receiving::{Transaction, Trouble};
use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::listener::tls::Client;
use crate::deliver::log_line::{Details, Event};
use crate::deliver::wire::WireError;
use crate::model::configuration::{AddressPattern, ListenerTls};

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    if session.messages >= session.policy().messages_per_connection.unwrap_or(session.limits().messages_per_connection)
    {
        let reply = Reply::new(421, 7, 0, "Enough messages for one connection, closing");
        return Ok(session.refuse("too many messages in one connection", reply));
    }
    session.mail_refused = false;
    match begin(session, argument) {
        Ok(reply) => session.answer(reply).await,
        Err(reply) => {
            let next = session.answer(reply).await;
            session.mail_refused = true;
            next
        }
    }
}

/// The parameters of MAIL.
struct Asked {
    size: u64,
    body: BodyType,
    smtputf8: bool,
    ret: Option<Ret>,
    envid: Option<EnvelopeId>,
}

fn begin(session: &mut Session, argument: &str) -> Result<Reply, Reply> {
    if session.helo.is_none() {
        return Err(reply::bad_sequence("Say EHLO first"));
    }
    if session.transaction.is_some() {
        return Err(reply::bad_sequence("A message is under way already"));
    }
    client_certificate(session)?;
    let (sender, rest) = path(argument)?;
    let asked = asked(rest)?;
    if asked.size > session.message_size() {
        return Err(Trouble::TooLarge.reply());
    }
    if sender.address().is_some_and(|address| !address.is_ascii()) && !asked.smtputf8 {
        return Err(Reply::new(553, 6, 7, "An address beyond ASCII needs SMTPUTF8"));
    }
    must_use_tls(session, &sender)?;
    let mid = session.shared.queue.numbers().mid().map_err(|_| reply::no_number())?;
    let details = match &session.helo {
        Some(helo) => Details::new().with("helo", &helo.name),
        None => Details::new(),
    };
    session.say(Event::Start { mid, icid: session.icid });
    session.say(Event::From { mid, icid: session.icid, sender: sender.to_string(), details });
    let Asked { body, smtputf8, ret, envid, .. } = asked;
    let recipients = Vec::new();
    let (unverified_bounce, receiving) = (false, None);
    let transaction = Transaction { mid, sender, recipients, body, smtputf8, ret, envid, unverified_bounce, receiving };
    session.transaction = Some(Box::new(transaction));
    Ok(Reply::new(250, 1, 0, "Sender ok"))
}

/// A handshake that failed would only make the client come back in clear text, so a certificate is refused here.
fn client_certificate(session: &Session) -> Result<(), Reply> {
    let is_required = session.policy().tls == ListenerTls::Required;
    let (words, reply) = match session.tls.as_ref().map(|tls| &tls.client) {
        Some(Client::NotBelieved { rule, reason, .. }) => {
            (reason.clone(), Reply::new(550, 7, 1, format!("Client certificate is not accepted ({rule})")))
        }
        Some(Client::None) if is_required => {
            ("none was shown".to_owned(), Reply::new(550, 7, 1, "A client certificate is required"))
        }
        _ => return Ok(()),
    };
    session.log_failure(format!("client certificate: {words}"), &reply);
    Err(reply)
}

fn must_use_tls(session: &Session, sender: &ReversePath) -> Result<(), Reply> {
    let Some(address) = sender.address().filter(|_| session.tls.is_none()) else { return Ok(()) };
    let is_meant = |pattern: &AddressPattern| super::rcpt::fits(pattern, address);
    if session.policy().tls_senders.iter().any(is_meant) { Err(reply::must_start_tls()) } else { Ok(()) }
}

fn path(argument: &str) -> Result<(ReversePath, &str), Reply> {
    let rest = argument.get(..5).filter(|word| word.eq_ignore_ascii_case("FROM:")).and_then(|_| argument.get(5..));
    let rest = rest.ok_or_else(|| Reply::new(501, 5, 4, "Say MAIL FROM:<address>"))?;
    // A space in front of the path is wrong, common and harmless.
    ReversePath::leading(rest.trim_start_matches(' ')).map_err(|error| bad_path(&error, 7))
}

/// `detail` tells sender from recipient (RFC 3463 section 3.2).
pub(super) fn bad_path(error: &AddressError, detail: u16) -> Reply {
    match error {
        AddressError::NoBracket | AddressError::Unclosed | AddressError::Trailing => {
            Reply::new(501, 1, detail, "Address has to stand in angle brackets")
        }
        _ => Reply::new(501, 1, detail, "Address is not well-formed"),
    }
}

fn asked(text: &str) -> Result<Asked, Reply> {
    let mut asked = Asked { size: 0, body: BodyType::SevenBit, smtputf8: false, ret: None, envid: None };
    for (keyword, value) in parameters::split(text)? {
        let bad = || parameters::bad_value(&keyword);
        match (keyword.as_str(), value) {
            ("SIZE", Some(value)) => asked.size = size(value).ok_or_else(bad)?,
            ("BODY", Some(value)) if value.eq_ignore_ascii_case("7BIT") => asked.body = BodyType::SevenBit,
            ("BODY", Some(value)) if value.eq_ignore_ascii_case("8BITMIME") => asked.body = BodyType::EightBitMime,
            ("SMTPUTF8", None) => asked.smtputf8 = true,
            ("RET", Some(value)) => asked.ret = Some(Ret::read(value).ok_or_else(bad)?),
            ("ENVID", Some(value)) => asked.envid = Some(value.parse().map_err(|_| bad())?),
            ("SIZE" | "BODY" | "SMTPUTF8" | "RET" | "ENVID", _) => return Err(bad()),
            _ => return Err(parameters::unknown()),
        }
    }
    Ok(asked)
}

/// Up to 20 digits (RFC 1870 section 4): more than we count to is more than we take.
fn size(text: &str) -> Option<u64> {
    let is_number = (1..=20).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}
