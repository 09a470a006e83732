//! Lines to and from a server, each with a deadline and a limit of length.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use rustls::AlertDescription;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

use super::reply::{Reply, read_line};
use super::transcript::Transcript;
use crate::sys::{library_error, tls_words};

/// Octets of a reply line; RFC 5321 section 4.5.3.1.5 allows 512.
const LINE_LIMIT: usize = 4096;
/// Lines of a reply, with as many octets each as fit in `REPLY_LIMIT`.
const LINES: usize = 256;
const REPLY_LIMIT: usize = 64 << 10;
/// Octets read at once.
const CHUNK: usize = 4096;

/// What went wrong between us and the server, below SMTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the server closed the connection")]
    Closed,
    /// The server ended TLS with this alert.
    #[error("the server sent the TLS alert {}", tls_words::alert(*.0))]
    Alert(AlertDescription),
    /// With what the operating system or TLS met.
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("the server did not answer for {} s", .0.as_secs())]
    Silent(Duration),
    /// The line, shortened.
    #[error("the server sent `{0}`, which is no SMTP reply")]
    NotSmtp(String),
    #[error("the server sent a reply without end")]
    TooLong,
}

/// A connection with what was read too far.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    read: Vec<u8>,
    waiting: Vec<u8>,
    pub transcript: Option<Transcript>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub fn new(stream: S, transcript: Option<Transcript>) -> Wire<S> {
        Wire { stream, read: Vec::new(), waiting: Vec::new(), transcript }
    }

    pub fn stream(&self) -> &S {
        &self.stream
    }

    pub fn into_parts(self) -> (S, Option<Transcript>) {
        (self.stream, self.transcript)
    }

    /// Octets of the server that nobody has read.
    pub fn unread(&self) -> usize {
        self.read.len()
    }

    /// Puts a command beside those that wait to be sent. Line ends are added here and stand nowhere in `line`.
    pub fn say(&mut self, line: &str) {
        debug_assert!(!line.contains(['\r', '\n']));
        if let Some(transcript) = &mut self.transcript {
            transcript.sent(line);
        }
        self.waiting.extend_from_slice(line.as_bytes());
        self.waiting.extend_from_slice(b"\r\n");
    }

    /// Sends everything that was said.
    pub async fn flush(&mut self, patience: Duration) -> Result<(), WireError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let sent = self.send(&waiting, patience).await;
        waiting.clear();
        self.waiting = waiting;
        sent
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: &[u8], patience: Duration) -> Result<(), WireError> {
        match timeout(patience, self.send_all(bytes)).await {
            Ok(result) => result.map_err(broken),
            Err(_) => Err(WireError::Silent(patience)),
        }
    }

    /// What the server says meanwhile is taken in, because with full buffers both sides would wait for each other (RFC 2920
    /// section 3.1).
    async fn send_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut sent = 0;
        let mut listening = true;
        poll_fn(|context| {
            loop {
                let rest = bytes.get(sent..).unwrap_or_default();
                if rest.is_empty() {
                    return Pin::new(&mut self.stream).poll_flush(context);
                }
                match Pin::new(&mut self.stream).poll_write(context, rest) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(octets)) => sent += octets,
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => break,
                }
            }
            while listening && self.read.len() < REPLY_LIMIT {
                let mut chunk = [0; CHUNK];
                let mut buffer = ReadBuf::new(&mut chunk);
                match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                    Poll::Ready(Ok(())) if !buffer.filled().is_empty() => self.read.extend_from_slice(buffer.filled()),
                    // Whether that was the end shows when the reply is read.
                    Poll::Ready(_) => listening = false,
                    Poll::Pending => break,
                }
            }
            Poll::Pending
        })
        .await
    }

    /// The next reply of the server, as a whole.
    pub async fn reply(&mut self, patience: Duration) -> Result<Reply, WireError> {
        match timeout(patience, self.next_reply()).await {
            Ok(reply) => reply,
            Err(_) => Err(WireError::Silent(patience)),
        }
    }

    async fn next_reply(&mut self) -> Result<Reply, WireError> {
        let mut reply = Reply { code: 0, lines: Vec::new() };
        let mut octets = 0;
        loop {
            let bytes = self.line().await?;
            octets += bytes.len();
            let line = String::from_utf8_lossy(&bytes);
            if let Some(transcript) = &mut self.transcript {
                transcript.received(&line);
            }
            let not_smtp = || WireError::NotSmtp(line.chars().take(80).collect());
            let read = read_line(&line).ok_or_else(not_smtp)?;
            // The codes of all lines are the same (RFC 5321 section 4.2.1).
            if !reply.lines.is_empty() && read.code != reply.code {
                return Err(not_smtp());
            }
            reply.code = read.code;
            reply.lines.push(read.text.to_owned());
            if read.last {
                return Ok(reply);
            }
            if reply.lines.len() >= LINES || octets > REPLY_LIMIT {
                return Err(WireError::TooLong);
            }
        }
    }

    /// One line without its end; a bare LF ends one too.
    async fn line(&mut self) -> Result<Vec<u8>, WireError> {
        let mut searched = 0;
        loop {
            let unsearched = self.read.get(searched..).unwrap_or_default();
            if let Some(at) = unsearched.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.read.drain(..=searched + at).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            searched = self.read.len();
            if searched > LINE_LIMIT {
                return Err(WireError::TooLong);
            }
            self.read.reserve(CHUNK);
            match self.stream.read_buf(&mut self.read).await.map_err(broken)? {
                0 => return Err(WireError::Closed),
                _ => continue,
            }
        }
    }

    /// Ends the connection from our side.
    pub async fn shutdown(&mut self, patience: Duration) {
        // Nobody waits for what comes of it.
        let _ = timeout(patience, self.stream.shutdown()).await;
    }
}

fn broken(error: io::Error) -> WireError {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if let Some(rustls::Error::AlertReceived(alert)) = tls {
        return WireError::Alert(*alert);
    }
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => WireError::Closed,
        _ => WireError::Broken(library_error::io(&error)),
    }
}
