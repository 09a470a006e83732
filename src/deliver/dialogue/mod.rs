//! The client side of SMTP (RFC 5321): greeting, EHLO, STARTTLS, and messages one after the other.
//!
//! It says what the server answered and decides nothing: whether a reply is good enough is for `connection` and `outcome`.

mod capabilities;
mod content;
mod patience;
mod reply;
mod shipment;
mod transaction;
mod transcript;
mod wire;

use tokio::io::{AsyncRead, AsyncWrite};

pub use capabilities::Capabilities;
pub use content::Survey;
pub use patience::{Patience, Phase};
pub use reply::Reply;
pub use shipment::{Shipment, Unsuitable};
pub use transaction::{Fate, Transaction};
pub use transcript::{Line, Speaker, Transcript};
pub use wire::WireError;

use wire::Wire;

/// A connection to a server, from its greeting on.
#[derive(Debug)]
pub struct Dialogue<S> {
    wire: Wire<S>,
    patience: Patience,
    capabilities: Capabilities,
    /// A transaction was begun and neither finished nor reset.
    open: bool,
}

/// What a server answered to our hello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hello {
    /// It speaks ESMTP; what it can do is in `Dialogue::capabilities`.
    Extended,
    /// It refused EHLO with the first reply and took HELO.
    Plain {
        refused: Reply,
    },
    Refused(Reply),
}

/// What became of STARTTLS (RFC 3207).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartTls {
    /// 220: the handshake may begin on the stream.
    Go,
    /// Another reply; the dialogue can go on in clear text, if it may.
    Refused(Reply),
    /// No reply but the end: closed, broken, silent, or 421.
    Lost(Lost),
    /// Further octets came behind the 220. They would be read as if they had come over TLS (CVE-2021-38371).
    Injected { octets: usize },
}

/// How the connection was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    Wire(WireError),
    /// The server said that it closes the connection.
    Closing(Reply),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    pub fn new(stream: S, patience: Patience, transcript: Option<Transcript>) -> Dialogue<S> {
        let capabilities = Capabilities::default();
        Dialogue { wire: Wire::new(stream, transcript), patience, capabilities, open: false }
    }

    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    pub fn stream(&self) -> &S {
        self.wire.stream()
    }

    pub fn transcript(&mut self) -> Option<&mut Transcript> {
        self.wire.transcript.as_mut()
    }

    /// The first reply, which the server gives unasked: 220, or why it takes no mail.
    pub async fn greeting(&mut self) -> Result<Reply, WireError> {
        self.wire.reply(self.patience.of(Phase::Greeting)).await
    }

    /// EHLO with our host name, and HELO for a server that does not know it (RFC 5321 section 3.2).
    pub async fn hello(&mut self, name: &str) -> Result<Hello, WireError> {
        self.capabilities = Capabilities::default();
        let reply = self.command(&format!("EHLO {name}"), Phase::Hello).await?;
        if reply.is_success() {
            self.capabilities = Capabilities::of(&reply);
            return Ok(Hello::Extended);
        }
        if !reply.is_permanent() {
            return Ok(Hello::Refused(reply));
        }
        let answer = self.command(&format!("HELO {name}"), Phase::Hello).await?;
        if answer.is_success() { Ok(Hello::Plain { refused: reply }) } else { Ok(Hello::Refused(answer)) }
    }

    /// Asks for TLS. The caller puts one deadline over this and the handshake.
    pub async fn starttls(&mut self) -> StartTls {
        match self.command("STARTTLS", Phase::StartTls).await {
            Ok(reply) if reply.code == 220 => match self.wire.unread() {
                0 => StartTls::Go,
                octets => StartTls::Injected { octets },
            },
            Ok(reply) if reply.closes() => StartTls::Lost(Lost::Closing(reply)),
            Ok(reply) => StartTls::Refused(reply),
            Err(error) => StartTls::Lost(Lost::Wire(error)),
        }
    }

    /// The stream, for a handshake. What the server said before is forgotten.
    pub fn into_parts(self) -> (S, Option<Transcript>) {
        self.wire.into_parts()
    }

    /// Nothing was read that nobody asked for.
    pub fn is_quiet(&self) -> bool {
        self.wire.unread() == 0
    }

    /// QUIT, without caring much for the answer. Gives back what was said.
    pub async fn quit(mut self) -> Option<Transcript> {
        let _ = self.command("QUIT", Phase::Quit).await;
        self.wire.shutdown(self.patience.of(Phase::Quit)).await;
        self.into_parts().1
    }

    async fn command(&mut self, line: &str, phase: Phase) -> Result<Reply, WireError> {
        let patience = self.patience.of(phase);
        self.wire.say(line);
        match self.wire.flush(patience).await {
            Ok(()) => self.wire.reply(patience).await,
            // Who closes before we speak may have said why.
            Err(error) => match self.wire.reply(patience).await {
                Err(WireError::Alert(alert)) => Err(WireError::Alert(alert)),
                Ok(reply) if reply.closes() => Ok(reply),
                _ => Err(error),
            },
        }
    }
}
