//! How long each step of a dialogue may take (RFC 5321 section 4.5.3.2).

use std::fmt;
use std::time::Duration;

/// The steps of a delivery connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Connect,
    Greeting,
    Hello,
    /// The reply to STARTTLS.
    StartTls,
    Handshake,
    Reset,
    Mail,
    Recipient,
    /// The reply to DATA.
    Data,
    /// Each piece of the message.
    Content,
    /// The reply to the end of the message.
    End,
    Quit,
}

/// Limits of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub connect: Duration,
    /// Greeting, hello, MAIL, RCPT: one reply.
    pub reply: Duration,
    /// The reply to STARTTLS and the handshake together.
    pub handshake: Duration,
    /// The reply to DATA.
    pub data: Duration,
    /// A piece of the message on its way out.
    pub content: Duration,
    /// The reply to the end of the message: shorter than what the standard says makes duplicates.
    pub end: Duration,
    pub quit: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Patience {
            connect: Duration::from_secs(30),
            reply: minutes(5),
            handshake: minutes(1),
            data: minutes(2),
            content: minutes(3),
            end: minutes(10),
            quit: Duration::from_secs(5),
        }
    }
}

impl Patience {
    pub fn of(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Connect => self.connect,
            Phase::Greeting | Phase::Hello | Phase::Reset | Phase::Mail | Phase::Recipient => self.reply,
            Phase::StartTls | Phase::Handshake => self.handshake,
            Phase::Data => self.data,
            Phase::Content => self.content,
            Phase::End => self.end,
            Phase::Quit => self.quit,
        }
    }
}

/// As in "lost connection while sending MAIL".
impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Connect => "connecting",
            Phase::Greeting => "waiting for the greeting",
            Phase::Hello => "sending EHLO",
            Phase::StartTls => "sending STARTTLS",
            Phase::Handshake => "the TLS handshake",
            Phase::Reset => "sending RSET",
            Phase::Mail => "sending MAIL",
            Phase::Recipient => "sending RCPT",
            Phase::Data => "sending DATA",
            Phase::Content => "sending the message",
            Phase::End => "waiting for the reply to the end of the message",
            Phase::Quit => "sending QUIT",
        })
    }
}
