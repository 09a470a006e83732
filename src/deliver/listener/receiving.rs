//! A message on its way into the queue: what MAIL and RCPT said, and the octets as they come.

use crate::deliver::envelope::{BodyType, Envelope, EnvelopeId, Received, Recipient, Ret, ReversePath};
use crate::deliver::log_line::Event;
use crate::deliver::numbers::Mid;
use crate::deliver::queue::{AcceptError, BodyWriter};
use crate::deliver::wire::content::{Content, Step};
use crate::deliver::wire::header::Header;
use crate::sys::clock;

use super::bounces;
use super::received::Hop;
use super::reply::Reply;
use super::session::Session;

/// From MAIL to the end of the message.
#[derive(Debug)]
pub(super) struct Transaction {
    pub mid: Mid,
    pub sender: ReversePath,
    pub recipients: Vec<Recipient>,
    pub body: BodyType,
    pub smtputf8: bool,
    pub ret: Option<Ret>,
    pub envid: Option<EnvelopeId>,
    /// Somebody sent a bounce to a recipient, and nothing shows that it answers mail of ours.
    pub unverified_bounce: bool,
    /// BDAT has begun: nothing but BDAT may follow.
    pub receiving: Option<Receiving>,
}

/// Why a message is not taken, although its octets still come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    TooLarge,
    BareLineEnd,
    Nul,
    /// More `Received` fields than a message that goes anywhere has.
    Hops,
    Queue(AcceptError),
}

/// The octets of a message, as they go into the queue.
#[derive(Debug)]
pub(super) struct Receiving {
    content: Content,
    header: Header,
    writer: BodyWriter,
    trouble: Option<Trouble>,
    /// Octets that the client sent, `Received` not counted.
    size: u64,
    limit: u64,
    hops: u32,
}

impl Receiving {
    /// Begins with the field of this hop.
    pub async fn begin(session: &Session, transaction: &Transaction, content: Content) -> Receiving {
        let mut writer = session.shared.queue.body(transaction.mid);
        let mark = if transaction.unverified_bounce { bounces::MARK } else { "" };
        let field = field(session, transaction) + mark;
        let written = writer.write(field.as_bytes()).await;
        Receiving {
            content,
            header: Header::new(),
            writer,
            trouble: written.err().map(Trouble::Queue),
            size: 0,
            limit: session.message_size(),
            hops: session.limits().hops,
        }
    }

    /// Takes what it can of `input`: how many octets, and whether the end of the message was among them.
    pub async fn take(&mut self, mut input: &[u8]) -> (usize, bool) {
        let before = input.len();
        loop {
            match self.content.step(&mut input) {
                Step::Piece(piece) => self.keep(piece).await,
                Step::End => return (before - input.len(), true),
                Step::More => return (before - input.len(), false),
            }
        }
    }

    async fn keep(&mut self, piece: &[u8]) {
        self.size += piece.len() as u64;
        self.header.push(piece);
        if self.size > self.limit {
            self.trouble.get_or_insert(Trouble::TooLarge);
        }
        if self.trouble.is_none()
            && let Err(error) = self.writer.write(piece).await
        {
            self.trouble = Some(Trouble::Queue(error));
        }
    }

    /// Octets that the client has sent of it.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Octets beyond the limit that are read only to be polite; whoever sends more is cut off.
    pub fn is_hopeless(&self) -> bool {
        self.size > self.limit.saturating_mul(2)
    }

    /// What keeps the message from being taken, as known so far.
    pub fn trouble(&self) -> Option<Trouble> {
        let faults = self.content.faults;
        self.trouble
            .or(faults.bare_line_end.then_some(Trouble::BareLineEnd))
            .or(faults.nul.then_some(Trouble::Nul))
            .or((self.header.hops > self.hops).then_some(Trouble::Hops))
    }

    /// What BDAT brought may end within a line; a message does not.
    pub async fn complete(&mut self) {
        let rest = self.content.rest();
        self.keep(rest).await;
        if !self.content.at_line_start() && self.size > 0 {
            self.keep(b"\r\n").await;
        }
    }

    /// Puts the message into the queue; the reply to the client. The 250 stands on stable storage.
    pub async fn finish(self, session: &mut Session, transaction: Transaction) -> Reply {
        let mid = transaction.mid;
        if let Some(trouble) = self.trouble() {
            return refused(session, mid, trouble);
        }
        let (octets, sender) = (self.size, transaction.sender.to_string());
        if let Some(message_id) = self.header.message_id {
            session.say(Event::MessageId { mid, message_id });
        }
        session.say(Event::Ready { mid, octets, sender });
        let envelope = envelope(session, transaction);
        let accepted = match self.writer.finish().await {
            Ok(body) => session.shared.queue.accept(envelope, body).await,
            Err(error) => Err(error),
        };
        match accepted {
            Ok(mid) => {
                session.messages += 1;
                session.say(Event::Queued { mid });
                Reply::new(250, 0, 0, format!("Ok: message {mid} accepted"))
            }
            Err(error) => refused(session, mid, Trouble::Queue(error)),
        }
    }
}

fn refused(session: &Session, mid: Mid, trouble: Trouble) -> Reply {
    let reply = trouble.reply();
    session.log_failure(trouble.words(), &reply);
    session.say(Event::Aborted { mid, reason: format!("Receiving aborted: {}", trouble.words()) });
    reply
}

fn envelope(session: &Session, transaction: Transaction) -> Envelope {
    Envelope {
        sender: transaction.sender,
        recipients: transaction.recipients,
        body: transaction.body,
        smtputf8: transaction.smtputf8,
        ret: transaction.ret,
        envid: transaction.envid,
        received: Received {
            at: clock::now(),
            icid: Some(session.icid),
            helo: session.helo.as_ref().map(|helo| helo.name.clone()).unwrap_or_default(),
            address: Some(session.peer),
            over_tls: session.tls.is_some(),
        },
    }
}

fn field(session: &Session, transaction: &Transaction) -> String {
    let (Some(helo), Some(hostname)) = (&session.helo, session.hostname()) else { return String::new() };
    let recipient = match transaction.recipients.as_slice() {
        [only] => Some(&only.address),
        _ => None,
    };
    Hop {
        helo: &helo.name,
        extended: helo.extended,
        address: session.peer,
        name: session.reverse.verified_name(),
        hostname,
        smtputf8: transaction.smtputf8,
        tls: session.tls.as_deref(),
        mid: transaction.mid,
        recipient,
        time: session.shared.zone.local(clock::now()),
    }
    .field()
}

impl Trouble {
    pub fn reply(self) -> Reply {
        match self {
            Trouble::TooLarge => Reply::new(552, 3, 4, "Message is larger than is taken here"),
            Trouble::BareLineEnd => Reply::new(550, 5, 2, "Message has a CR or LF by itself; lines end in CR LF"),
            Trouble::Nul => Reply::new(550, 6, 0, "Message holds a NUL"),
            Trouble::Hops => Reply::new(554, 4, 6, "Message has made too many hops"),
            Trouble::Queue(error) => {
                let (code, status, text) = error.reply();
                Reply { code, status: Some(status), text: text.into() }
            }
        }
    }

    fn words(self) -> String {
        match self {
            Trouble::TooLarge => "message exceeds the size limit".to_owned(),
            Trouble::BareLineEnd => "message has a bare CR or LF".to_owned(),
            Trouble::Nul => "message holds a NUL".to_owned(),
            Trouble::Hops => "too many hops".to_owned(),
            Trouble::Queue(error) => error.to_string(),
        }
    }
}
