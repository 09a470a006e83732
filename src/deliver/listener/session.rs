//! One connection: who it is, which policy holds, and one command after the other until it ends.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::command::{self, NoCommand, Verb};
use super::crowd::Place;
use super::receiving::Transaction;
use super::reply::{self, Reply};
use super::reverse::{self, Reverse};
use super::tls::Tls;
use super::{groups, is_one_too_many, verbs};
use crate::deliver::bounce_verification::BounceVerifier;
use crate::deliver::engine::{InUse, Shared};
use crate::deliver::live::Live;
use crate::deliver::log_line::{Details, Event};
use crate::deliver::numbers::Icid;
use crate::deliver::wire::{Line, Wire, WireError};
use crate::model::configuration::{Action, Limits, Listener, ListenerTls, MailFlowPolicy, Word};
use crate::model::host_name::HostName;
use crate::sys::race::{Race, race};
use crate::sys::server_stream::ServerStream;

/// Octets of a command with its line end: RFC 5321 section 4.5.3.1.4 has 512, and the parameters of RFC 3461 add more.
const LINE: usize = 2_048;
/// Commands that were answered with an error, after which the connection ends, and after which each costs time.
const ERRORS: u32 = 5;
const ERRORS_FOR_FREE: u32 = 2;
const TARPIT: Duration = Duration::from_secs(1);
/// Recipients that were refused: whoever has more is guessing.
const REFUSED_RECIPIENTS: u32 = 100;
/// Commands that whoever was rejected may still say.
const LAST_WORDS: u32 = 4;

/// What a client called itself.
#[derive(Debug)]
pub(super) struct Helo {
    pub name: String,
    /// By EHLO.
    pub extended: bool,
}

pub(super) struct Session {
    pub shared: Arc<Shared>,
    /// What the connection began with; a reload does not change it.
    in_use: Arc<InUse>,
    /// Places in its configuration.
    listener: usize,
    policy: usize,
    pub icid: Icid,
    pub peer: IpAddr,
    pub reverse: Reverse,
    pub wire: Wire<ServerStream>,
    pub tls: Option<Box<Tls>>,
    pub helo: Option<Helo>,
    pub transaction: Option<Box<Transaction>>,
    /// The last MAIL was refused: what was pipelined behind it is no further mistake.
    pub mail_refused: bool,
    /// Messages that were accepted.
    pub messages: u32,
    errors: u32,
    refused_recipients: u32,
}

/// What a command leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    /// The connection ends, after what waits to be sent.
    Close,
}

/// How a connection ended.
enum End {
    InOrder,
    Wire(WireError),
}

pub(super) async fn serve(
    shared: Arc<Shared>,
    in_use: Arc<InUse>,
    name: Arc<str>,
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
) {
    let configuration = in_use.live.configuration();
    let Some(listener) = configuration.listeners.iter().position(|listener| *listener.name == *name) else { return };
    let Ok(icid) = shared.queue.numbers().icid() else {
        let _ = stream.try_write(b"421 4.3.0 Local error, try again later\r\n");
        return;
    };
    let local = stream.local_addr().map_or(peer.ip(), |local| local.ip());
    let reverse = reverse::look_up(&in_use.resolver, peer.ip()).await;
    let setup = &configuration.listeners[listener];
    shared.log.say(Event::NewIncoming {
        icid,
        interface: setup.interface.clone(),
        local: local.to_canonical(),
        address: peer.ip().to_canonical(),
        reverse: reverse.name.as_ref().map(ToString::to_string),
        verified: reverse.verified,
        details: Details::new().with("listener", &name),
    });
    // Every listener has a last group ALL; without one, nobody gets in.
    let picked = groups::pick(setup, peer.ip(), reverse.verified_name());
    let Some(picked) = picked else { return shared.log.say(Event::Close { connection: icid.into() }) };
    let policy = &setup.policies[picked.policy];
    shared.log.say(Event::Policy {
        icid,
        action: policy.action.word().into(),
        group: picked.group.name.clone(),
        matched: picked.pattern.to_string(),
    });
    let (action, too_many) = (policy.action, is_one_too_many(&place, policy.connections_per_address));
    let policy = picked.policy;
    let mut session = Session {
        shared,
        listener,
        policy,
        icid,
        peer: peer.ip().to_canonical(),
        reverse,
        wire: Wire::new(ServerStream::Plain(stream)),
        tls: None,
        helo: None,
        transaction: None,
        mail_refused: false,
        messages: 0,
        errors: 0,
        refused_recipients: 0,
        in_use,
    };
    let end = match action {
        // Closed without a word.
        Action::TcpRefuse => End::InOrder,
        _ => session.run(action, too_many).await,
    };
    session.end(end).await;
    drop(place);
}

impl Session {
    pub fn live(&self) -> &Live {
        &self.in_use.live
    }

    pub fn bounces(&self) -> Option<&BounceVerifier> {
        self.in_use.bounces.as_ref()
    }

    pub fn listener(&self) -> &Listener {
        &self.live().configuration().listeners[self.listener]
    }

    pub fn policy(&self) -> &MailFlowPolicy {
        &self.listener().policies[self.policy]
    }

    pub fn limits(&self) -> &Limits {
        &self.live().configuration().limits
    }

    /// What this server calls itself: the host name of the listener's interface.
    pub fn hostname(&self) -> Option<&HostName> {
        self.live().configuration().interface(&self.listener().interface).map(|interface| &interface.hostname)
    }

    pub fn hostname_text(&self) -> &str {
        self.hostname().map_or("localhost", HostName::as_str)
    }

    pub fn message_size(&self) -> u64 {
        self.policy().message_size.unwrap_or(self.limits().message_size)
    }

    pub fn command_deadline(&self) -> Instant {
        Instant::now() + self.limits().command_timeout
    }

    pub fn say(&self, event: Event) {
        self.shared.log.say(event);
    }

    pub fn write(&mut self, reply: &Reply) {
        self.wire.write(format!("{reply}\r\n").as_bytes());
    }

    /// Logs that something of this connection was refused or broken off.
    pub fn log_failure(&self, reason: impl Into<String>, reply: &Reply) {
        self.say(Event::ReceivingFailed { icid: self.icid, reason: reason.into(), reply: reply.to_string() });
    }

    /// Forgets the transaction under way, if there is one.
    pub fn abort(&mut self, reason: &str) {
        if let Some(transaction) = self.transaction.take() {
            self.say(Event::Aborted { mid: transaction.mid, reason: reason.to_owned() });
        }
    }

    async fn run(&mut self, action: Action, too_many: bool) -> End {
        match self.dialogue(action, too_many).await {
            Ok(()) => End::InOrder,
            Err(error) => End::Wire(error),
        }
    }

    async fn dialogue(&mut self, action: Action, too_many: bool) -> Result<(), WireError> {
        if self.listener().implicit_tls && verbs::starttls::handshake(self).await? == Next::Close {
            return Ok(());
        }
        if too_many {
            let reply = Reply::new(421, 7, 0, "Too many connections from your address, try again later");
            self.log_failure("too many connections from this address", &reply);
            self.write(&reply);
            return Ok(());
        }
        if action == Action::Reject {
            return self.reject().await;
        }
        if self.talks_early(action).await? {
            let reply = Reply::plain(554, "You talked before the greeting, closing");
            self.refuse("the client talked before the greeting", reply);
            return Ok(());
        }
        self.write(&Reply::plain(220, format!("{} ESMTP", self.hostname_text())));
        loop {
            let next = match self.next_line().await? {
                None => {
                    self.write(&Reply::new(421, 3, 2, "Service is shutting down, try again later"));
                    return Ok(());
                }
                Some(Line::Whole(line)) => self.command(&line).await?,
                Some(Line::BareLf) => self.answer(reply::bare_line_end()).await?,
                Some(Line::Handshake) => self.no_command(NoCommand::Tls).await?,
                Some(Line::TooLong) => self.answer(Reply::new(500, 5, 2, "Line is too long")).await?,
            };
            if next == Next::Close {
                return Ok(());
            }
        }
    }

    /// A client has to wait for the greeting (RFC 5321 section 3.1); programs that only send do not. Those who may relay are known.
    async fn talks_early(&mut self, action: Action) -> Result<bool, WireError> {
        let delay = self.listener().greeting_delay.filter(|_| action != Action::Relay);
        let Some(delay) = delay else { return Ok(false) };
        if !self.wire.is_empty() {
            return Ok(true);
        }
        match self.wire.fill(Instant::now() + delay).await {
            Ok(()) => Ok(true),
            Err(WireError::TimedOut) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The next command; none when the engine stops and no transaction is under way.
    async fn next_line(&mut self) -> Result<Option<Line>, WireError> {
        let deadline = self.command_deadline();
        if self.transaction.is_some() {
            return self.wire.line(LINE, deadline).await.map(Some);
        }
        match race(self.wire.line(LINE, deadline), self.shared.stopped()).await {
            Race::First(line) => line.map(Some),
            Race::Second(_) => Ok(None),
        }
    }

    /// RFC 5321 section 3.1: 554 in place of the greeting, then nothing but QUIT is of use.
    async fn reject(&mut self) -> Result<(), WireError> {
        self.write(&Reply::plain(554, format!("{} takes no mail from you", self.hostname_text())));
        for _ in 0..LAST_WORDS {
            match self.next_line().await? {
                Some(Line::Whole(line)) if matches!(command::parse(&line), Ok((Verb::Quit, _))) => {
                    self.write(&Reply::new(221, 0, 0, "Bye"));
                    return Ok(());
                }
                Some(_) => self.write(&reply::bad_sequence("Takes no mail from you")),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    async fn command(&mut self, line: &[u8]) -> Result<Next, WireError> {
        let (verb, argument) = match command::parse(line) {
            Ok(command) => command,
            Err(why) => return self.no_command(why).await,
        };
        if self.tls.is_none() && self.policy().tls == ListenerTls::Required && !verbs::is_served_without_tls(verb) {
            return self.answer(reply::must_start_tls()).await;
        }
        verbs::run(self, verb, argument).await
    }

    async fn no_command(&mut self, why: NoCommand) -> Result<Next, WireError> {
        match why {
            NoCommand::Unknown => self.answer(Reply::new(500, 5, 1, "Command is not known")).await,
            NoCommand::Octets => self.answer(Reply::new(500, 5, 2, "Command holds octets that none has")).await,
            NoCommand::Web => Ok(self.refuse("a web client speaks", Reply::new(421, 7, 0, "This is SMTP, closing"))),
            NoCommand::Tls => {
                let reply = Reply::new(421, 7, 0, "TLS begins with STARTTLS here, closing");
                Ok(self.refuse("a TLS handshake where SMTP begins in clear text", reply))
            }
        }
    }

    /// Says why, and ends the connection.
    pub fn refuse(&mut self, reason: &str, reply: Reply) -> Next {
        self.log_failure(reason, &reply);
        self.write(&reply);
        Next::Close
    }

    /// Answers a command. Errors are counted, then cost time, then end the connection.
    pub async fn answer(&mut self, reply: Reply) -> Result<Next, WireError> {
        self.write(&reply);
        let is_mistake = matches!(reply.code, 500..=504 | 530 | 554 | 555) && !self.mail_refused;
        if !is_mistake {
            return Ok(Next::Go);
        }
        self.errors += 1;
        if self.errors >= ERRORS {
            return Ok(self.refuse("too many errors", Reply::new(421, 7, 0, "Too many errors, closing")));
        }
        if self.errors > ERRORS_FOR_FREE {
            self.wire.flush(self.command_deadline()).await?;
            sleep(TARPIT).await;
        }
        Ok(Next::Go)
    }

    /// Answers a RCPT that was refused.
    pub fn refuse_recipient(&mut self, recipient: &str, reply: Reply) -> Next {
        if let Some(transaction) = &self.transaction {
            let (mid, icid) = (transaction.mid, self.icid);
            self.say(Event::Rejected { mid, icid, recipient: recipient.to_owned(), reply: reply.to_string() });
        }
        self.write(&reply);
        self.refused_recipients += 1;
        match self.refused_recipients > REFUSED_RECIPIENTS {
            true => self.refuse("too many refused recipients", Reply::new(421, 7, 0, "Too many errors, closing")),
            false => Next::Go,
        }
    }

    async fn end(mut self, end: End) {
        let connection = self.icid.into();
        match end {
            End::InOrder => self.abort("Receiving aborted"),
            End::Wire(WireError::Lost) => {
                self.abort("Receiving aborted by sender");
                self.say(Event::Lost { connection });
            }
            End::Wire(error) => {
                let (reason, reply) = match error {
                    WireError::TimedOut => ("timed out", Reply::new(421, 4, 2, "Timed out, closing")),
                    _ => ("a line without end", Reply::new(421, 7, 0, "Line has no end, closing")),
                };
                self.abort("Receiving aborted");
                self.log_failure(reason, &reply);
                self.write(&reply);
            }
        }
        self.say(Event::Close { connection });
        self.wire.close(Instant::now() + FAREWELL).await;
    }
}

/// How long the last reply may take to be sent.
const FAREWELL: Duration = Duration::from_secs(5);
