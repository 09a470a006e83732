//! A load: messages over connections, in clear text or TLS, each 250 timed from the final dot.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::{Failure, tls};

/// Octets of a message.
const SIZE: usize = 4 << 10;
/// Numbers messages, so that each is told from all others, those of other rounds included.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub messages: usize,
    pub connections: usize,
    pub per_connection: usize,
    pub tls: bool,
}

/// What it took.
pub struct Taken {
    pub wall: Duration,
    /// From the final dot to the 250, sorted.
    pub replies: Vec<Duration>,
    /// SHA-256 of each body, sorted.
    pub bodies: Vec<String>,
}

impl Taken {
    pub fn percentile(&self, percent: usize) -> Duration {
        self.replies.get(self.replies.len() * percent / 100).copied().unwrap_or_default()
    }
}

/// Sends it all; every message has to be answered 250.
pub fn run(address: SocketAddr, load: Load) -> Result<Taken, Failure> {
    let messages: Vec<Message> = (0..load.messages).map(|_| Message::new()).collect();
    let waiting = Mutex::new(messages.chunks(load.per_connection));
    let replies = Mutex::new(Vec::with_capacity(load.messages));
    let began = Instant::now();
    let work = || -> Result<(), Failure> {
        // No sessions are kept: every handshake is a whole one.
        let config = Arc::new(config());
        loop {
            let Some(messages) = waiting.lock().map_err(|_| "a sender failed")?.next() else { return Ok(()) };
            let timed = connection(address, load, &config, messages)?;
            replies.lock().map_err(|_| "a sender failed")?.extend(timed);
        }
    };
    std::thread::scope(|scope| {
        let senders: Vec<_> =
            (0..load.connections).map(|_| scope.spawn(|| work().map_err(|e| e.to_string()))).collect();
        senders.into_iter().try_for_each(|sender| sender.join().map_err(|_| "a sender failed".to_owned())?)
    })?;
    let wall = began.elapsed();
    let mut replies = replies.into_inner().map_err(|_| "a sender failed")?;
    replies.sort_unstable();
    if replies.len() != load.messages {
        return Err(format!("{} of {} messages were answered", replies.len(), load.messages).into());
    }
    let mut bodies: Vec<String> = messages.into_iter().map(|message| message.body).collect();
    bodies.sort_unstable();
    Ok(Taken { wall, replies, bodies })
}

struct Message {
    /// With the final dot.
    text: String,
    /// SHA-256 of what stands behind the header.
    body: String,
}

impl Message {
    fn new() -> Message {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let header = format!("Message-ID: <{number}@client.example>\r\nSubject: message {number}\r\n\r\n");
        let mut body = format!("This is message {number} of a measurement.\r\n");
        while header.len() + body.len() < SIZE {
            body.push_str("The quick brown fox jumps over the lazy dog, and the dog goes on sleeping.\r\n");
        }
        let hash = digest(&SHA256, body.as_bytes());
        let hash = hash.as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
        Message { text: header + &body + ".\r\n", body: hash }
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// One connection with its messages.
fn connection(
    address: SocketAddr,
    load: Load,
    config: &Arc<ClientConfig>,
    messages: &[Message],
) -> Result<Vec<Duration>, Failure> {
    let mut tcp = TcpStream::connect(address)?;
    tcp.set_nodelay(true)?;
    reply(&mut tcp, "220")?;
    ask(&mut tcp, "EHLO client.example\r\n", "250")?;
    let mut stream: Box<dyn Stream> = match load.tls {
        false => Box::new(tcp),
        true => Box::new(started(tcp, config)?),
    };
    let mut timed = Vec::with_capacity(messages.len());
    for message in messages {
        ask(&mut *stream, "MAIL FROM:<sender@client.example>\r\n", "250")?;
        ask(&mut *stream, "RCPT TO:<user@example.com>\r\n", "250")?;
        ask(&mut *stream, "DATA\r\n", "354")?;
        stream.write_all(message.text.as_bytes())?;
        let began = Instant::now();
        reply(&mut *stream, "250")?;
        timed.push(began.elapsed());
    }
    ask(&mut *stream, "QUIT\r\n", "221")?;
    Ok(timed)
}

/// STARTTLS, a handshake, and EHLO again.
pub fn started(
    mut tcp: TcpStream,
    config: &Arc<ClientConfig>,
) -> Result<StreamOwned<ClientConnection, TcpStream>, Failure> {
    ask(&mut tcp, "STARTTLS\r\n", "220")?;
    let name = ServerName::try_from("mx1.example.com")?;
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::clone(config), name)?, tcp);
    ask(&mut stream, "EHLO client.example\r\n", "250")?;
    Ok(stream)
}

pub fn ask(stream: &mut (impl Read + Write + ?Sized), command: &str, code: &str) -> Result<(), Failure> {
    stream.write_all(command.as_bytes())?;
    reply(stream, code)
}

pub fn reply(stream: &mut (impl Read + ?Sized), code: &str) -> Result<(), Failure> {
    let mut text = Vec::new();
    let mut buffer = [0; 2_048];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(format!("closed after {:?}", String::from_utf8_lossy(&text)).into());
        }
        text.extend_from_slice(&buffer[..count]);
        // The last line has a space behind its code.
        let last = text.strip_suffix(b"\r\n").map(|text| text.rsplit(|octet| *octet == b'\n').next().unwrap_or(text));
        if last.is_some_and(|line| line.get(3) == Some(&b' ')) {
            break;
        }
    }
    match text.starts_with(code.as_bytes()) {
        true => Ok(()),
        false => Err(format!("expected {code}, got {:?}", String::from_utf8_lossy(&text)).into()),
    }
}

/// Takes every certificate, and does a whole handshake for each connection.
pub fn config() -> ClientConfig {
    let mut config = tls::config(None);
    config.resumption = Resumption::disabled();
    config
}
