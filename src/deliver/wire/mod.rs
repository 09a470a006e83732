//! The server's end of an SMTP connection as octets: lines in, replies out, message content in between.
//!
//! A connection that waits for its next command keeps no buffer: ten thousand idle ones cost what the kernel and TLS keep for them.

pub mod content;
pub mod header;

use std::future::poll_fn;
use std::pin::pin;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

/// Room that is made for reading; one record of TLS.
const ROOM: usize = 16 << 10;
/// Replies that are collected before they are sent although more commands are waiting.
const COLLECTED: usize = 8 << 10;
/// Octets without a line end after which nothing more is expected of a peer.
const HOPELESS: usize = 1 << 20;

/// Why nothing more can be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireError {
    /// The peer closed, or the network did.
    Lost,
    TimedOut,
    /// A megabyte came without a line end.
    Flood,
}

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Whole(Vec<u8>),
    /// It ended in LF alone (RFC 5321 section 2.3.8 forbids it).
    BareLf,
    /// It was longer than the limit, and was read to its end and thrown away.
    TooLong,
    /// It is no line but the beginning of a TLS handshake (RFC 8446 section 5.1).
    Handshake,
}

/// A handshake record of any version.
const HANDSHAKE: [u8; 2] = [22, 3];

/// A stream with what was read ahead and what waits to be sent.
#[derive(Debug)]
pub struct Wire<S> {
    stream: S,
    input: Vec<u8>,
    /// Octets at the front of `input` that are done with.
    done: usize,
    output: Vec<u8>,
    /// Octets of a line that is too long, thrown away so far.
    thrown: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub fn new(stream: S) -> Wire<S> {
        Wire { stream, input: Vec::new(), done: 0, output: Vec::new(), thrown: 0 }
    }

    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// For a handshake: nothing may have been read ahead then, and everything must have been sent.
    pub fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Nothing was read ahead.
    pub fn is_empty(&self) -> bool {
        self.buffered().is_empty()
    }

    /// What was read ahead.
    pub fn buffered(&self) -> &[u8] {
        self.input.get(self.done..).unwrap_or_default()
    }

    /// The first `octets` of what was read ahead are done with.
    pub fn consume(&mut self, octets: usize) {
        self.done = (self.done + octets).min(self.input.len());
        if self.done == self.input.len() {
            self.input.clear();
            self.done = 0;
        }
    }

    /// Adds to what will be sent.
    pub fn write(&mut self, octets: &[u8]) {
        self.output.extend_from_slice(octets);
    }

    /// Sends what waits.
    pub async fn flush(&mut self, deadline: Instant) -> Result<(), WireError> {
        if self.output.is_empty() {
            return Ok(());
        }
        let sending = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        match timeout_at(deadline, sending).await {
            Err(_) => Err(WireError::TimedOut),
            Ok(Err(_)) => Err(WireError::Lost),
            Ok(Ok(())) => {
                self.output = Vec::new();
                Ok(())
            }
        }
    }

    /// The next line of at most `limit` octets with its end, before `deadline`. What waits is sent first when the line is not here
    /// yet (RFC 2920 section 3.2). May be dropped and called again.
    pub async fn line(&mut self, limit: usize, deadline: Instant) -> Result<Line, WireError> {
        if self.output.len() >= COLLECTED {
            self.flush(deadline).await?;
        }
        let mut seen = 0;
        loop {
            let found = self.buffered().get(seen..).and_then(|rest| rest.iter().position(|octet| *octet == b'\n'));
            if let Some(at) = found {
                return Ok(self.take_line(seen + at + 1, limit));
            }
            if self.thrown == 0 && self.buffered().starts_with(&HANDSHAKE) {
                return Ok(Line::Handshake);
            }
            seen = self.buffered().len();
            if seen > limit || self.thrown > 0 {
                self.thrown += seen;
                self.consume(seen);
                seen = 0;
            }
            if self.thrown > HOPELESS {
                return Err(WireError::Flood);
            }
            self.flush(deadline).await?;
            self.fill(deadline).await?;
        }
    }

    /// The first `length` octets are a line with its end.
    fn take_line(&mut self, length: usize, limit: usize) -> Line {
        let too_long = std::mem::take(&mut self.thrown) + length > limit;
        let line = match self.buffered().get(..length) {
            Some([line @ .., b'\r', b'\n']) if !too_long => Line::Whole(line.to_vec()),
            Some([22, 3, ..]) if !too_long => Line::Handshake,
            Some(_) if !too_long => Line::BareLf,
            _ => Line::TooLong,
        };
        self.consume(length);
        line
    }

    /// Waits for more octets, at least one.
    pub async fn fill(&mut self, deadline: Instant) -> Result<(), WireError> {
        if self.done > 0 {
            self.input.drain(..self.done);
            self.done = 0;
        }
        let (stream, input) = (&mut self.stream, &mut self.input);
        // The room is made for the moment in which there is something to put into it, and given back while there is not.
        let reading = poll_fn(|context| {
            input.reserve(ROOM);
            let read = pin!(stream.read_buf(input)).poll(context);
            if read.is_pending() && input.is_empty() {
                *input = Vec::new();
            }
            read
        });
        match timeout_at(deadline, reading).await {
            Err(_) => Err(WireError::TimedOut),
            Ok(Ok(octets)) if octets > 0 => Ok(()),
            Ok(_) => Err(WireError::Lost),
        }
    }

    /// Sends what waits, says goodbye to the peer's TLS or TCP, and ends.
    pub async fn close(mut self, deadline: Instant) {
        if self.flush(deadline).await.is_ok() {
            let _ = timeout_at(deadline, self.stream.shutdown()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn lines_are_cut_at_their_ends_and_replies_wait_for_the_last() {
        run(async {
            let (mut peer, ours) = tokio::io::duplex(64 << 10);
            let mut wire = Wire::new(ours);
            peer.write_all(b"EHLO a\r\nNOOP\r\nBARE\nX\rY\r\n").await.unwrap();
            let whole = |text: &str| Ok(Line::Whole(text.into()));
            assert_eq!(wire.line(512, soon()).await, whole("EHLO a"));
            wire.write(b"250 a\r\n");
            assert_eq!(wire.line(512, soon()).await, whole("NOOP"));
            assert_eq!(wire.output, b"250 a\r\n", "sent although a command was waiting");
            assert_eq!(wire.line(512, soon()).await, Ok(Line::BareLf));
            assert_eq!(wire.line(512, soon()).await, whole("X\rY"));
            assert!(wire.is_empty());
            drop(peer);
            assert_eq!(wire.line(512, soon()).await, Err(WireError::Lost));
        });
    }

    #[test]
    fn a_long_line_is_thrown_away_and_the_next_is_read() {
        run(async {
            let (mut peer, ours) = tokio::io::duplex(1 << 10);
            let writer = tokio::spawn(async move {
                peer.write_all(&[b'x'; 500_000]).await.unwrap();
                peer.write_all(b"\r\nNOOP\r\n").await.unwrap();
                peer.write_all(&vec![b'x'; 2 << 20]).await
            });
            let mut wire = Wire::new(ours);
            assert_eq!(wire.line(512, soon()).await, Ok(Line::TooLong));
            assert_eq!(wire.line(512, soon()).await, Ok(Line::Whole(b"NOOP".to_vec())));
            assert_eq!(wire.line(512, soon()).await, Err(WireError::Flood));
            assert!(wire.input.capacity() < 64 << 10, "kept {}", wire.input.capacity());
            drop(wire);
            assert!(writer.await.unwrap().is_err());
        });
    }

    #[test]
    fn who_waits_keeps_no_buffer() {
        run(async {
            let (mut peer, ours) = tokio::io::duplex(1 << 10);
            let mut wire = Wire::new(ours);
            peer.write_all(b"NOOP\r\n").await.unwrap();
            wire.line(512, soon()).await.unwrap();
            let late = Instant::now() + Duration::from_millis(20);
            assert_eq!(wire.line(512, late).await, Err(WireError::TimedOut));
            assert_eq!((wire.input.capacity(), wire.output.capacity()), (0, 0));
        });
    }
}
