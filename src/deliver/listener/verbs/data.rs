//! DATA (RFC 5321 section 4.1.1.4).

use tokio::time::{Duration, Instant};

use crate::deliver::listener::receiving::{Receiving, Trouble};
use crate::deliver::listener::reply::{self, Reply};
use crate::deliver::listener::session::{Next, Session};
use crate::deliver::wire::content::Content;
use crate::deliver::wire::{Wire, WireError};
use crate::sys::server_stream::ServerStream;

/// Octets in a second, on average, below which a message is an attempt to keep a connection (slowloris).
const SLOWEST: u64 = 100;

pub(super) async fn run(session: &mut Session, argument: &str) -> Result<Next, WireError> {
    if !argument.is_empty() {
        return session.answer(reply::no_parameters()).await;
    }
    match &session.transaction {
        None => return session.answer(reply::bad_sequence("Say MAIL first")).await,
        Some(transaction) if transaction.receiving.is_some() => {
            return session.answer(reply::bad_sequence("BDAT has begun, and DATA cannot go on")).await;
        }
        Some(transaction) if transaction.recipients.is_empty() => {
            return session.answer(Reply::new(554, 5, 1, "No valid recipients")).await;
        }
        Some(_) => {}
    }
    session.write(&Reply::plain(354, "Go ahead, end with a dot on a line of its own"));
    session.wire.flush(session.command_deadline()).await?;
    Box::pin(receive(session)).await
}

async fn receive(session: &mut Session) -> Result<Next, WireError> {
    let Some(transaction) = session.transaction.take() else { return Ok(Next::Go) };
    let content = Content::of_data(session.listener().bare_line_ends.is_normalize());
    let mut receiving = Receiving::begin(session, &transaction, content).await;
    let pace = Pace::begin(session.limits().data_timeout);
    loop {
        let (octets, ended) = receiving.take(session.wire.buffered()).await;
        session.wire.consume(octets);
        if ended {
            break;
        }
        if receiving.is_hopeless() {
            session.transaction = Some(transaction);
            return Ok(session.refuse("message exceeds the size limit by far", Trouble::TooLarge.reply()));
        }
        let waited = pace.fill(&mut session.wire, receiving.size()).await;
        if let Err(error) = waited {
            // So that it is logged as aborted.
            session.transaction = Some(transaction);
            return Err(error);
        }
    }
    let reply = receiving.finish(session, *transaction).await;
    let next = if reply.code == 421 { Next::Close } else { Next::Go };
    session.write(&reply);
    Ok(next)
}

/// How fast a message has to come.
pub(super) struct Pace {
    began: Instant,
    patience: Duration,
}

impl Pace {
    pub fn begin(patience: Duration) -> Pace {
        Pace { began: Instant::now(), patience }
    }

    /// Waits for more octets; `size` have come so far. A pause may be as long as the patience, but not all of it may be pauses.
    pub async fn fill(&self, wire: &mut Wire<ServerStream>, size: u64) -> Result<(), WireError> {
        let pause = Instant::now() + self.patience;
        let in_all = self.began + self.patience + Duration::from_secs(size / SLOWEST);
        wire.fill(pause.min(in_all)).await
    }
}
