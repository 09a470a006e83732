//! What the operating system and its administrator tell a running server.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::race::{Race, race};

/// A wish, whatever signal it came as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// SIGTERM or SIGINT: end in order.
    Stop,
    /// SIGHUP: read the configuration and open log files anew.
    Reload,
}

/// The signals of this process, from the moment of `new` on. Needs a runtime around it.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    pub fn new() -> io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next wish. May be dropped and called again.
    pub async fn next(&mut self) -> Wish {
        match race(race(self.terminate.recv(), self.interrupt.recv()), self.hangup.recv()).await {
            Race::First(_) => Wish::Stop,
            Race::Second(_) => Wish::Reload,
        }
    }
}
