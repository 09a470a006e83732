//! RCPT (RFC 5321 section 4.1.1.3), with NOTIFY and ORCPT (RFC 3461). No open relay: what is not ours is taken from those who may relay.

use super::super::parameters;
use super::mail::bad_path;
use crate::deliver::envelope::{Address, ForwardPath, MailDomain, Notify, OriginalRecipient, Recipient};
use crate::deliver::listener::bounces::{self, Bounce};
use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::log_line::Event;
use crate::deliver::numbers::Rid;
use crate::deliver::wire::WireError;
use crate::model::configuration::{Action, AddressPattern};

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    let Some(transaction) = &session.transaction else {
        return session.answer(reply::bad_sequence("Say MAIL first")).await;
    };
    if transaction.receiving.is_some() {
        return session.answer(reply::bad_sequence("The message has begun already")).await;
    }
    let limit = session.policy().recipients_per_message.unwrap_or(session.limits().recipients_per_message);
    if transaction.recipients.len() >= limit as usize {
        return Ok(session.refuse_recipient(beginning(argument), Reply::new(452, 5, 3, "Too many recipients")));
    }
    let (recipient, bounce) = match read(session, argument) {
        Ok(read) => read,
        Err(reply) if reply.code == 550 => return Ok(session.refuse_recipient(beginning(argument), reply)),
        Err(reply) => return session.answer(reply).await,
    };
    let icid = session.icid;
    let mut event = None;
    if let Some(transaction) = &mut session.transaction {
        transaction.unverified_bounce |= bounce == Bounce::Unverified;
        // Whoever is named twice gets one copy.
        if transaction.recipients.iter().all(|known| known.address != recipient.address) {
            let rid = Rid(u32::try_from(transaction.recipients.len()).unwrap_or(u32::MAX));
            let to = recipient.address.to_string();
            event = Some(Event::To { mid: transaction.mid, icid, rid, recipient: to });
            transaction.recipients.push(recipient);
        }
    }
    event.into_iter().for_each(|event| session.say(event));
    session.answer(Reply::new(250, 1, 5, "Recipient ok")).await
}

fn read(session: &Session, argument: &str) -> Result<(Recipient, Bounce), Reply> {
    let rest = argument.get(..3).filter(|word| word.eq_ignore_ascii_case("TO:")).and_then(|_| argument.get(3..));
    let rest = rest.ok_or_else(|| Reply::new(501, 5, 4, "Say RCPT TO:<address>"))?;
    let (path, rest) = ForwardPath::leading(rest.trim_start_matches(' ')).map_err(|error| bad_path(&error, 3))?;
    let (notify, orcpt) = asked(rest)?;
    let address = match path {
        ForwardPath::Postmaster => postmaster(session)?,
        ForwardPath::Address(address) => address,
    };
    let smtputf8 = session.transaction.as_ref().is_some_and(|transaction| transaction.smtputf8);
    if !address.is_ascii() && !smtputf8 {
        return Err(Reply::new(553, 6, 7, "An address beyond ASCII needs SMTPUTF8"));
    }
    let (address, bounce) = bounces::behind_tag(session, address)?;
    may_receive(session, &address)?;
    Ok((Recipient { address, notify, orcpt }, bounce))
}

/// Every server takes mail for its postmaster without a domain: that of the first domain of the listener.
fn postmaster(session: &Session) -> Result<Address, Reply> {
    let unknown = || Reply::new(550, 1, 1, "No domain has a postmaster here");
    let domain = session.listener().domains.iter().find(|domain| !domain.below).ok_or_else(unknown)?;
    Address::new("postmaster".to_owned(), MailDomain::Name(domain.domain.clone())).map_err(|_| unknown())
}

fn may_receive(session: &Session, address: &Address) -> Result<(), Reply> {
    let listener = session.listener();
    let is_ours = address.domain().name().is_some_and(|name| listener.domains.iter().any(|domain| domain.covers(name)));
    if !is_ours {
        return match session.policy().action {
            Action::Relay => Ok(()),
            _ => Err(Reply::new(550, 7, 1, "Relaying denied")),
        };
    }
    match &listener.recipients {
        Some(known) if !known.iter().any(|pattern| fits(pattern, address)) => {
            Err(Reply::new(550, 1, 1, "Recipient is not known here"))
        }
        _ => Ok(()),
    }
}

/// Whether `address` is one that is meant. Local parts are compared without regard to case, as every mailbox provider does.
pub(super) fn fits(pattern: &AddressPattern, address: &Address) -> bool {
    let Some(name) = address.domain().name() else { return false };
    match pattern {
        AddressPattern::Address { local, domain } => {
            domain == name && local.to_lowercase() == address.local().to_lowercase()
        }
        AddressPattern::Domain(domain) => domain.covers(name),
    }
}

fn asked(text: &str) -> Result<(Notify, Option<OriginalRecipient>), Reply> {
    let (mut notify, mut orcpt) = (Notify::default(), None);
    for (keyword, value) in parameters::split(text)? {
        let bad = || parameters::bad_value(&keyword);
        match (keyword.as_str(), value) {
            ("NOTIFY", Some(value)) => notify = value.parse().map_err(|_| bad())?,
            ("ORCPT", Some(value)) => orcpt = Some(value.parse().map_err(|_| bad())?),
            ("NOTIFY" | "ORCPT", None) => return Err(bad()),
            _ => return Err(parameters::unknown()),
        }
    }
    Ok((notify, orcpt))
}

/// What the log shows of an address that was refused: the argument between its brackets, or the front of it.
fn beginning(argument: &str) -> &str {
    let inner = argument.split_once('<').map_or(argument, |(_, rest)| rest);
    let inner = inner.split_once('>').map_or(inner, |(inner, _)| inner);
    let end = inner.char_indices().map(|(at, _)| at).take_while(|at| *at <= 320).last().unwrap_or_default();
    if inner.len() <= 320 { inner } else { inner.get(..end).unwrap_or_default() }
}
