//! One message for some recipients: MAIL, RCPT, DATA (RFC 5321 section 3.3), in one group where the server lets us (RFC 2920).

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::Dialogue;
use super::content::Content;
use super::patience::Phase;
use super::reply::Reply;
use super::shipment::{Shipment, Unsuitable};
use super::wire::WireError;
use crate::sys::library_error;

/// Octets of the message that are sent at once.
const PIECE: usize = 64 << 10;

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The reply to the end of the message: it is the server's now.
    Taken(Reply),
    /// The reply to this command.
    Refused { phase: Phase, reply: Reply },
    /// Not sent.
    Unsuitable(Unsuitable),
    /// The connection ended; during `Phase::End` the server may have the message.
    Lost { phase: Phase, error: WireError },
    /// Our own copy of the message could not be read, in the words of the operating system.
    Unreadable(String),
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// In the order of the recipients.
    pub fates: Vec<Fate>,
    /// Another message can be sent on this connection.
    pub alive: bool,
}

/// The replies so far: to MAIL, to each RCPT, to DATA.
struct Replies {
    recipients: usize,
    replies: Vec<Reply>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    /// Sends one message. Nothing but `Fate::Taken` means that the server has taken it over.
    pub async fn transact(
        &mut self,
        shipment: &Shipment<'_>,
        message: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Transaction {
        let count = shipment.recipients.len();
        if let Some(unsuitable) = shipment.unsuitable(&self.capabilities) {
            return Transaction { fates: vec![Fate::Unsuitable(unsuitable); count], alive: true };
        }
        if let Err(transaction) = self.reset(count).await {
            return transaction;
        }
        self.open = true;
        let mut replies = Replies { recipients: count, replies: Vec::with_capacity(count + 2) };
        let lost = match self.capabilities.pipelining {
            true => self.envelope_in_one_group(shipment, &mut replies).await,
            false => self.envelope_step_by_step(shipment, &mut replies).await,
        };
        if let Err(error) = lost {
            return replies.lost(error);
        }
        self.content(replies, message).await
    }

    /// Ends what an earlier transaction left open.
    async fn reset(&mut self, recipients: usize) -> Result<(), Transaction> {
        if !self.open {
            return Ok(());
        }
        let fate = match self.command("RSET", Phase::Reset).await {
            Ok(reply) if reply.is_success() => {
                self.open = false;
                return Ok(());
            }
            Ok(reply) => Fate::Refused { phase: Phase::Reset, reply },
            Err(error) => Fate::Lost { phase: Phase::Reset, error },
        };
        Err(Transaction { fates: vec![fate; recipients], alive: false })
    }

    async fn envelope_in_one_group(&mut self, shipment: &Shipment<'_>, replies: &mut Replies) -> Result<(), WireError> {
        self.wire.say(&shipment.mail(&self.capabilities));
        for recipient in &shipment.recipients {
            self.wire.say(&Shipment::rcpt(recipient, &self.capabilities));
        }
        self.wire.say("DATA");
        self.wire.flush(self.patience.reply).await?;
        self.collect(replies, shipment.recipients.len() + 2).await
    }

    async fn envelope_step_by_step(&mut self, shipment: &Shipment<'_>, replies: &mut Replies) -> Result<(), WireError> {
        let mail = self.command(&shipment.mail(&self.capabilities), Phase::Mail).await?;
        replies.replies.push(mail);
        if !replies.mail_is_taken() {
            return Ok(());
        }
        for recipient in &shipment.recipients {
            let reply = self.command(&Shipment::rcpt(recipient, &self.capabilities), Phase::Recipient).await?;
            let closes = reply.closes();
            replies.replies.push(reply);
            if closes {
                return Ok(());
            }
        }
        if replies.any_recipient_is_taken() {
            let reply = self.command("DATA", Phase::Data).await?;
            replies.replies.push(reply);
        }
        Ok(())
    }

    /// Reads replies until there are `wanted`, or the server says that it closes the connection.
    async fn collect(&mut self, replies: &mut Replies, wanted: usize) -> Result<(), WireError> {
        while replies.replies.len() < wanted && !replies.closed() {
            let reply = self.wire.reply(self.patience.of(replies.phase())).await?;
            replies.replies.push(reply);
        }
        Ok(())
    }

    async fn content(&mut self, replies: Replies, message: &mut (dyn AsyncRead + Send + Unpin)) -> Transaction {
        let go = replies.data().is_some_and(|reply| reply.code == 354);
        if !go {
            return replies.refused(None);
        }
        let wanted = replies.mail_is_taken() && replies.any_recipient_is_taken();
        let end = match wanted {
            true => self.send_message(message).await,
            // DATA was sent before we knew that nobody takes the message: an empty one ends it (RFC 2920 section 3.1).
            false => self.send_piece(b".\r\n").await.map_err(Unsent::Wire),
        };
        if let Err(unsent) = end {
            return replies.unsent(unsent);
        }
        match self.wire.reply(self.patience.of(Phase::End)).await {
            Ok(reply) => {
                self.open = false;
                replies.refused(wanted.then_some(reply))
            }
            Err(error) => replies.broken(Phase::End, error),
        }
    }

    async fn send_message(&mut self, message: &mut (dyn AsyncRead + Send + Unpin)) -> Result<(), Unsent> {
        let mut content = Content::new();
        let mut piece = Vec::with_capacity(4096);
        let mut out = Vec::with_capacity(8192);
        loop {
            piece.clear();
            let read = message.take(PIECE as u64).read_buf(&mut piece).await;
            if read.map_err(|error| Unsent::Message(library_error::io(&error)))? == 0 {
                break;
            }
            content.push(&piece, &mut out);
            if out.len() >= PIECE {
                self.send_piece(&out).await.map_err(Unsent::Wire)?;
                out.clear();
            } else {
                piece.reserve(PIECE.min(2 * piece.capacity()));
            }
        }
        content.finish(&mut out);
        self.send_piece(&out).await.map_err(Unsent::Wire)
    }

    async fn send_piece(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        self.wire.send(bytes, self.patience.of(Phase::Content)).await
    }
}

/// Why a message did not leave as a whole. The server cannot take it for whole: its end was not sent.
enum Unsent {
    Wire(WireError),
    Message(String),
}

impl Replies {
    /// Whose reply comes next.
    fn phase(&self) -> Phase {
        match self.replies.len() {
            0 => Phase::Mail,
            at if at <= self.recipients => Phase::Recipient,
            _ => Phase::Data,
        }
    }

    fn closed(&self) -> bool {
        self.replies.last().is_some_and(Reply::closes)
    }

    fn mail_is_taken(&self) -> bool {
        self.replies.first().is_some_and(Reply::is_success)
    }

    fn recipient(&self, index: usize) -> Option<&Reply> {
        self.replies.get(index + 1)
    }

    fn any_recipient_is_taken(&self) -> bool {
        (0..self.recipients).any(|index| self.recipient(index).is_some_and(Reply::is_success))
    }

    fn data(&self) -> Option<&Reply> {
        self.replies.get(self.recipients + 1)
    }

    /// The fates after all replies, with the one to the end of the message if there was one.
    fn refused(self, end: Option<Reply>) -> Transaction {
        let closed = self.closed() || end.as_ref().is_some_and(Reply::closes);
        let last = match (&end, self.data()) {
            (Some(reply), _) if reply.is_success() => Fate::Taken(reply.clone()),
            (Some(reply), _) => Fate::Refused { phase: Phase::End, reply: reply.clone() },
            (None, Some(reply)) => Fate::Refused { phase: Phase::Data, reply: reply.clone() },
            (None, None) => self.last_said(),
        };
        Transaction { fates: self.fates(&last), alive: !closed }
    }

    /// A server that closes in the middle said so for everybody who waits.
    fn last_said(&self) -> Fate {
        match (self.replies.last(), self.replies.len()) {
            (Some(reply), 1) => Fate::Refused { phase: Phase::Mail, reply: reply.clone() },
            (Some(reply), _) => Fate::Refused { phase: Phase::Recipient, reply: reply.clone() },
            (None, _) => Fate::Lost { phase: Phase::Mail, error: WireError::Closed },
        }
    }

    fn lost(self, error: WireError) -> Transaction {
        let phase = self.phase();
        self.broken(phase, error)
    }

    fn unsent(self, unsent: Unsent) -> Transaction {
        match unsent {
            Unsent::Wire(error) => self.broken(Phase::Content, error),
            Unsent::Message(error) => Transaction { fates: self.fates(&Fate::Unreadable(error)), alive: false },
        }
    }

    fn broken(self, phase: Phase, error: WireError) -> Transaction {
        Transaction { fates: self.fates(&Fate::Lost { phase, error }), alive: false }
    }

    /// Who was refused keeps that reply; `rest` becomes of the others.
    fn fates(&self, rest: &Fate) -> Vec<Fate> {
        if let Some(reply) = self.replies.first().filter(|reply| !reply.is_success()) {
            return vec![Fate::Refused { phase: Phase::Mail, reply: reply.clone() }; self.recipients];
        }
        let of = |index| match self.recipient(index) {
            Some(reply) if !reply.is_success() => Fate::Refused { phase: Phase::Recipient, reply: reply.clone() },
            _ => rest.clone(),
        };
        (0..self.recipients).map(of).collect()
    }
}

#[cfg(test)]
mod tests;
