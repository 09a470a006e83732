//! The dialogue of a sink with one peer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::failure::Failure;
use super::{Sink, SunkMessage, SunkTls, Told};
use crate::deliver::tls_words;
use crate::deliver::wire::content::{Content, Step};
use crate::deliver::wire::header::Header;
use crate::deliver::wire::{Line, Wire, WireError};
use crate::model::fingerprint::{Fingerprint, hex};
use crate::sys::library_error;
use crate::sys::server_stream::ServerStream;

/// How long a peer may take for anything.
const PATIENCE: Duration = Duration::from_secs(300);
/// Octets of a command; more than SMTP allows (RFC 5321 section 4.5.3.1.4).
const LINE: usize = 4_096;

/// TLS 1.2 records with the fatal alerts handshake_failure and, from a server of TLS 1.1, protocol_version (RFC 8446 section 6).
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];
const PROTOCOL_VERSION: [u8; 7] = [21, 3, 2, 0, 2, 2, 70];

struct Session<'a> {
    sink: &'a Sink,
    wire: Wire<ServerStream>,
    peer: SocketAddr,
    connection: u64,
    tls: Option<SunkTls>,
    helo: String,
    transaction: Option<(String, Vec<String>, Vec<String>)>,
}

/// What a command leads to.
enum Next {
    Go,
    /// The connection ends, after what waits to be sent.
    End,
    StartTls,
}

pub(super) async fn serve(sink: &Sink, stream: TcpStream, peer: SocketAddr, connection: u64) {
    let wire = Wire::new(ServerStream::Plain(stream));
    let (tls, helo) = (None, String::new());
    let session = Session { sink, wire, peer, connection, tls, helo, transaction: None };
    // A peer that went away is nothing that a sink could answer for.
    let _ = session.run().await;
}

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn count(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Session<'_> {
    fn fails(&self, failure: Failure) -> bool {
        self.sink.fails(self.connection, failure)
    }

    fn say(&mut self, reply: &str) {
        self.wire.write(reply.as_bytes());
        self.wire.write(b"\r\n");
    }

    async fn run(mut self) -> Result<(), WireError> {
        if self.sink.options.implicit {
            self.handshake().await?;
        }
        if self.fails(Failure::GreetingStall) {
            return self.stall().await;
        }
        if self.fails(Failure::Greeting554) || self.fails(Failure::Greeting421) {
            let reply = if self.fails(Failure::Greeting554) { "554 5.7.1 Go away" } else { "421 4.3.2 Not now" };
            self.say(reply);
            return self.end().await;
        }
        self.say(&format!("220 {} ESMTP sealpost sink", self.sink.options.hostname));
        loop {
            let next = match self.wire.line(LINE, soon()).await? {
                Line::Whole(line) => self.command(&String::from_utf8_lossy(&line)).await?,
                Line::BareLf | Line::TooLong | Line::Handshake => {
                    self.say("500 5.5.2 Line cannot be read");
                    Next::Go
                }
            };
            match next {
                Next::Go => {}
                Next::End => return self.end().await,
                Next::StartTls => self.handshake().await?,
            }
        }
    }

    async fn end(self) -> Result<(), WireError> {
        self.wire.close(soon()).await;
        Ok(())
    }

    /// Says nothing more, until the peer goes away or gives up.
    async fn stall(&mut self) -> Result<(), WireError> {
        loop {
            self.wire.fill(soon()).await?;
            let octets = self.wire.buffered().len();
            self.wire.consume(octets);
        }
    }

    async fn command(&mut self, line: &str) -> Result<Next, WireError> {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" if self.fails(Failure::NoEhlo) => self.say("502 5.5.1 Unknown command"),
            "EHLO" => self.ehlo(argument),
            "HELO" => {
                self.greet(argument);
                self.say(&format!("250 {}", self.sink.options.hostname));
            }
            "STARTTLS" => return self.starttls().await,
            "MAIL" => self.mail(argument),
            "RCPT" => self.rcpt(argument),
            "DATA" if self.transaction.as_ref().is_none_or(|(_, recipients, _)| recipients.is_empty()) => {
                self.say("503 5.5.1 No recipients");
            }
            "DATA" => return self.data().await,
            "RSET" => {
                self.transaction = None;
                self.say("250 2.0.0 OK");
            }
            "NOOP" => self.say("250 2.0.0 OK"),
            "VRFY" => self.say("252 2.0.0 Perhaps"),
            "QUIT" => {
                self.say("221 2.0.0 Bye");
                return Ok(Next::End);
            }
            _ => self.say("502 5.5.1 Unknown command"),
        }
        Ok(Next::Go)
    }

    fn greet(&mut self, name: &str) {
        name.clone_into(&mut self.helo);
        self.transaction = None;
    }

    fn ehlo(&mut self, name: &str) {
        self.greet(name);
        let hostname = self.sink.options.hostname.clone();
        let odd = self.fails(Failure::StartTlsOnGreetingLine);
        self.say(&format!("250-{}", if odd { "STARTTLS" } else { &hostname }));
        let offered = self.sink.options.tls.is_some() && self.tls.is_none() && !self.fails(Failure::NoStartTls);
        if offered && !odd {
            self.say("250-STARTTLS");
        }
        for word in ["PIPELINING", "SIZE 104857600", "8BITMIME", "SMTPUTF8", "DSN"] {
            self.say(&format!("250-{word}"));
        }
        self.say("250 ENHANCEDSTATUSCODES");
    }

    async fn starttls(&mut self) -> Result<Next, WireError> {
        if self.sink.options.tls.is_none() || self.tls.is_some() || self.fails(Failure::NoStartTls) {
            self.say("502 5.5.1 Unknown command");
            return Ok(Next::Go);
        }
        for (failure, reply) in [
            (Failure::StartTls454, "454 4.7.0 TLS not available due to temporary reason"),
            (Failure::StartTls554, "554 5.7.0 TLS is not for you"),
        ] {
            if self.fails(failure) {
                self.say(reply);
                return Ok(Next::Go);
            }
        }
        if self.fails(Failure::StartTls421) {
            self.say("421 4.3.2 Closing");
            return Ok(Next::End);
        }
        if self.fails(Failure::StartTlsLost) {
            return Err(WireError::Lost);
        }
        if self.fails(Failure::StartTlsStall) {
            sleep(PATIENCE).await;
            return Err(WireError::TimedOut);
        }
        self.say("220 Go ahead with TLS");
        if self.fails(Failure::InjectedReply) {
            self.say("250 2.0.0 Injected in clear text");
        }
        Ok(Next::StartTls)
    }

    async fn handshake(&mut self) -> Result<(), WireError> {
        self.wire.flush(soon()).await?;
        let raw: Option<&[u8]> = match () {
            () if self.fails(Failure::HandshakeGarbage) => Some(b"this is no TLS\r\n"),
            () if self.fails(Failure::HandshakeAlert) => Some(&HANDSHAKE_FAILURE),
            () if self.fails(Failure::LegacyTls) => Some(&PROTOCOL_VERSION),
            () => None,
        };
        if let Some(octets) = raw {
            // After the ClientHello, as real servers do.
            self.wire.fill(soon()).await?;
            self.wire.write(octets);
            self.wire.flush(soon()).await?;
            return Err(WireError::Lost);
        }
        if self.fails(Failure::HandshakeClose) {
            return Err(WireError::Lost);
        }
        if self.fails(Failure::HandshakeStall) {
            self.stall().await?;
            return Err(WireError::Lost);
        }
        let Some(config) = &self.sink.options.tls else { return Err(WireError::Lost) };
        let shaken = tokio::time::timeout(PATIENCE, self.wire.stream_mut().start_tls(config)).await;
        if let Err(error) = shaken.map_err(|_| WireError::TimedOut)? {
            count(&self.sink.counts.failed_handshakes, 1);
            let (connection, reason) = (self.connection, library_error::io(&error));
            self.sink.tell(Told::HandshakeFailed { connection, reason }).await;
            return Err(WireError::Lost);
        }
        count(&self.sink.counts.handshakes, 1);
        self.tls = self.wire.stream().tls().map(agreed);
        count(&self.sink.counts.resumed, u64::from(self.tls.as_ref().is_some_and(|tls| tls.resumed)));
        // All that was known from before is forgotten (RFC 3207 section 4.2).
        self.helo.clear();
        self.transaction = None;
        Ok(())
    }

    fn mail(&mut self, argument: &str) {
        if self.transaction.is_some() || self.helo.is_empty() {
            return self.say("503 5.5.1 Bad sequence of commands");
        }
        for (failure, reply) in [(Failure::Mail451, "451 4.3.0 Not now"), (Failure::Mail550, "550 5.7.1 Not you")] {
            if self.fails(failure) {
                return self.say(reply);
            }
        }
        match path(argument, "FROM:") {
            None => self.say("501 5.5.4 No path"),
            Some((sender, parameters)) => {
                self.transaction = Some((sender, Vec::new(), parameters));
                self.say("250 2.1.0 Sender OK");
            }
        }
    }

    fn rcpt(&mut self, argument: &str) {
        let half = self.fails(Failure::RcptHalf);
        for (failure, reply) in
            [(Failure::Rcpt450, "450 4.2.1 Mailbox is busy"), (Failure::Rcpt550, "550 5.1.1 No such mailbox")]
        {
            if self.fails(failure) {
                return self.say(reply);
            }
        }
        let Some((_, recipients, parameters)) = &mut self.transaction else { return self.say("503 5.5.1 No sender") };
        let Some((recipient, more)) = path(argument, "TO:") else { return self.say("501 5.5.4 No path") };
        if half && recipient.starts_with("odd") {
            return self.say("550 5.1.1 No such mailbox");
        }
        recipients.push(recipient);
        parameters.extend(more);
        self.say("250 2.1.5 Recipient OK");
    }

    async fn data(&mut self) -> Result<Next, WireError> {
        self.say("354 Go ahead");
        self.wire.flush(soon()).await?;
        let mut message = Hashed::new();
        let mut content = Content::of_data(false);
        loop {
            let mut input = self.wire.buffered();
            let before = input.len();
            let ended = loop {
                match content.step(&mut input) {
                    Step::Piece(piece) => message.push(piece),
                    Step::End => break true,
                    Step::More => break false,
                }
            };
            let used = before - input.len();
            self.wire.consume(used);
            if ended {
                break;
            }
            self.wire.fill(soon()).await?;
        }
        self.answer_message(message, content.faults.bare_line_end).await
    }

    async fn answer_message(&mut self, message: Hashed, bare_line_end: bool) -> Result<Next, WireError> {
        if !self.sink.options.slowness.is_zero() {
            sleep(self.sink.options.slowness).await;
        }
        let reply = match () {
            () if self.fails(Failure::Data451) => Some((451, "451 4.3.0 Not now")),
            () if self.fails(Failure::Data554) => Some((554, "554 5.6.0 Not this")),
            () if self.fails(Failure::DataClose) || self.fails(Failure::DataStall) => None,
            () => Some((250, "250 2.0.0 OK")),
        };
        let (sender, recipients, parameters) = self.transaction.take().unwrap_or_default();
        let counts = &self.sink.counts;
        if matches!(reply, Some((250, _))) {
            count(&counts.messages, 1);
            count(&counts.over_tls, u64::from(self.tls.is_some()));
            count(&counts.octets, message.size);
        }
        if self.sink.tell.is_some() {
            let sunk = SunkMessage {
                peer: super::text(self.peer),
                connection: self.connection,
                helo: self.helo.clone(),
                tls: self.tls.clone(),
                sender,
                recipients,
                parameters,
                message_id: message.header.message_id,
                size: message.size,
                sha256: hex(message.whole.finish().as_ref()),
                body_sha256: hex(message.body.finish().as_ref()),
                bare_line_end,
                reply: reply.map(|(code, _)| code),
            };
            self.sink.tell(Told::Message(Box::new(sunk))).await;
        }
        if self.fails(Failure::DataStall) {
            sleep(PATIENCE).await;
        }
        let Some((_, text)) = reply else { return Err(WireError::Lost) };
        self.say(text);
        Ok(if self.fails(Failure::CloseAfterData) { Next::End } else { Next::Go })
    }
}

/// A message on its way into two hashes.
struct Hashed {
    header: Header,
    whole: Context,
    body: Context,
    size: u64,
}

impl Hashed {
    fn new() -> Hashed {
        Hashed { header: Header::new(), whole: Context::new(&SHA256), body: Context::new(&SHA256), size: 0 }
    }

    fn push(&mut self, piece: &[u8]) {
        self.whole.update(piece);
        self.body.update(self.header.push(piece));
        self.size += piece.len() as u64;
    }
}

/// The path behind `FROM:` or `TO:` without its brackets, and the parameters behind it.
fn path(argument: &str, word: &str) -> Option<(String, Vec<String>)> {
    let start = argument.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word))?;
    let rest = argument.get(start.len()..)?.trim_start().strip_prefix('<')?;
    let (path, parameters) = rest.rsplit_once('>')?;
    Some((path.to_owned(), parameters.split_ascii_whitespace().map(str::to_owned).collect()))
}

fn agreed(tls: &rustls::ServerConnection) -> SunkTls {
    SunkTls {
        protocol: tls.protocol_version().map_or("unknown", tls_words::protocol).to_owned(),
        cipher: tls.negotiated_cipher_suite().map_or("unknown", tls_words::cipher).to_owned(),
        resumed: tls.handshake_kind() == Some(rustls::HandshakeKind::Resumed),
        sni: tls.server_name().map(str::to_owned),
        client_sha256: tls
            .peer_certificates()
            .and_then(|chain| chain.first())
            .map(|leaf| Fingerprint::of(leaf).to_string()),
    }
}
