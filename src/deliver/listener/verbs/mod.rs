//! The verbs, one file each. Each gives its reply; those that talk on, such as DATA, say what comes next.

mod bdat;
mod data;
mod ehlo;
mod helo;
mod help;
mod mail;
mod noop;
mod quit;
mod rcpt;
mod rset;
pub(super) mod starttls;
mod vrfy;

use super::command::Verb;
use super::session::{Next, Session};
use crate::deliver::wire::WireError;

/// What a policy that requires TLS serves before there is any (RFC 3207 section 4); HELO and RSET do no harm either.
pub(super) fn is_served_without_tls(verb: Verb) -> bool {
    matches!(verb, Verb::Ehlo | Verb::Helo | Verb::Noop | Verb::Quit | Verb::StartTls | Verb::Rset)
}

pub(super) async fn run(session: &mut Session, verb: Verb, argument: &str) -> Result<Next, WireError> {
    let reply = match verb {
        Verb::Ehlo => return ehlo::run(session, argument).await,
        Verb::StartTls => return starttls::run(session, argument).await,
        Verb::Rcpt => return rcpt::run(session, argument).await,
        Verb::Data => return data::run(session, argument).await,
        Verb::Bdat => return bdat::run(session, argument).await,
        Verb::Quit => return quit::run(session, argument).await,
        Verb::Helo => helo::run(session, argument),
        Verb::Mail => return mail::run(session, argument).await,
        Verb::Rset => rset::run(session, argument),
        Verb::Noop => noop::run(),
        Verb::Vrfy => vrfy::vrfy(),
        Verb::Expn => vrfy::expn(),
        Verb::Help => help::run(),
    };
    session.answer(reply).await
}
