//! BDAT (RFC 3030 section 2): a message in chunks of known size.

use super::data::Pace;
use crate::deliver::listener::receiving::{Receiving, Trouble};
use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::wire::WireError;
use crate::deliver::wire::content::Content;

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    let Some((size, last)) = chunk(argument) else {
        // How much follows is not known, so nothing after it could be understood.
        return Ok(
            session.refuse("BDAT without a size", Reply::new(501, 5, 4, "Say BDAT size, or BDAT size LAST, closing"))
        );
    };
    // A chunk that is refused has been sent all the same, and is read away; one that is far too large is not.
    if size > session.message_size().saturating_mul(2) {
        return Ok(session.refuse("a chunk exceeds the size limit by far", Trouble::TooLarge.reply()));
    }
    let refusal = match &session.transaction {
        None => Some(reply::bad_sequence("Say MAIL first")),
        Some(transaction) if transaction.recipients.is_empty() => Some(Reply::new(554, 5, 1, "No valid recipients")),
        Some(_) => None,
    };
    if let Some(reply) = refusal {
        read_away(session, size).await?;
        return session.answer(reply).await;
    }
    Box::pin(receive(session, size, last)).await
}

async fn receive(session: &mut Session, size: u64, last: bool) -> Result<Next, WireError> {
    let Some(mut transaction) = session.transaction.take() else { return Ok(Next::Go) };
    let mut receiving = match transaction.receiving.take() {
        Some(begun) => begun,
        None => {
            let content = Content::of_bdat(session.listener().bare_line_ends.is_normalize());
            Receiving::begin(session, &transaction, content).await
        }
    };
    let pace = Pace::begin(session.limits().data_timeout);
    let mut left = size;
    while left > 0 {
        let buffered = session.wire.buffered();
        let here = buffered.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        receiving.take(buffered.get(..here).unwrap_or_default()).await;
        session.wire.consume(here);
        left -= here as u64;
        if left > 0
            && let Err(error) = pace.fill(&mut session.wire, size - left).await
        {
            session.transaction = Some(transaction);
            return Err(error);
        }
    }
    if last {
        receiving.complete().await;
        let reply = receiving.finish(session, *transaction).await;
        let next = if reply.code == 421 { Next::Close } else { Next::Go };
        session.write(&reply);
        return Ok(next);
    }
    let reply = match receiving.trouble() {
        Some(trouble) => trouble.reply(),
        None => Reply::new(250, 0, 0, format!("{size} octets received")),
    };
    let is_hopeless = receiving.is_hopeless();
    transaction.receiving = Some(receiving);
    session.transaction = Some(transaction);
    if is_hopeless {
        return Ok(session.refuse("message exceeds the size limit by far", reply));
    }
    session.write(&reply);
    Ok(Next::Go)
}

async fn read_away(session: &mut Session, size: u64) -> Result<(), WireError> {
    let pace = Pace::begin(session.limits().data_timeout);
    let mut left = size;
    while left > 0 {
        let here = session.wire.buffered().len().min(usize::try_from(left).unwrap_or(usize::MAX));
        session.wire.consume(here);
        left -= here as u64;
        if left > 0 {
            pace.fill(&mut session.wire, size - left).await?;
        }
    }
    Ok(())
}

fn chunk(argument: &str) -> Option<(u64, bool)> {
    let mut words = argument.split_ascii_whitespace();
    let size = words.next().filter(|word| word.len() <= 20 && word.bytes().all(|octet| octet.is_ascii_digit()))?;
    let size = size.parse().unwrap_or(u64::MAX);
    let last = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some((size, last))
}

#[cfg(test)]
mod tests {
    use super::chunk;

    #[test]
    fn a_chunk_has_a_size_and_perhaps_is_the_last() {
        assert_eq!(chunk("86"), Some((86, false)));
        assert_eq!(chunk("0 last"), Some((0, true)));
        assert_eq!(chunk("99999999999999999999"), Some((u64::MAX, false)));
        for bad in ["", "x", "-1", "+1", "1 2", "1 LAST x", "999999999999999999999999"] {
            assert_eq!(chunk(bad), None, "{bad}");
        }
    }
}
