//! What was said on a connection, with times, for people who ask for it.

use std::time::{Duration, Instant};

/// Lines that are kept of one connection; the rest of a talkative one is left out.
const LINES: usize = 1_000;

/// The lines of a dialogue, without the messages themselves.
#[derive(Debug)]
pub struct Transcript {
    began: Instant,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Since the connection was begun.
    pub after: Duration,
    pub from: Speaker,
    /// Without its end; it may hold anything that a server sent.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Client,
    Server,
    /// Something that happened, such as a handshake.
    Note,
}

impl Transcript {
    pub fn begun_now() -> Transcript {
        Transcript { began: Instant::now(), lines: Vec::new() }
    }

    pub fn note(&mut self, text: &str) {
        self.push(Speaker::Note, text);
    }

    pub(super) fn sent(&mut self, text: &str) {
        self.push(Speaker::Client, text);
    }

    pub(super) fn received(&mut self, text: &str) {
        self.push(Speaker::Server, text);
    }

    fn push(&mut self, from: Speaker, text: &str) {
        if self.lines.len() < LINES {
            self.lines.push(Line { after: self.began.elapsed(), from, text: text.to_owned() });
        }
    }
}
