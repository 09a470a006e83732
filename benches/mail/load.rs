//! A load: messages over connections, in clear text or TLS, each 250 timed from the final dot.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use super::Failure;

/// Octets of a message.
const SIZE: usize = 4 << 10;

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
}

impl Taken {
    pub fn percentile(&self, percent: usize) -> Duration {
        self.replies.get(self.replies.len() * percent / 100).copied().unwrap_or_default()
    }
}

/// Sends it all; every message has to be answered 250.
pub fn run(address: SocketAddr, load: Load) -> Result<Taken, Failure> {
    let content: Arc<str> = content().into();
    let left = AtomicUsize::new(load.messages / load.per_connection);
    let replies = Mutex::new(Vec::with_capacity(load.messages));
    let began = Instant::now();
    let failures: Vec<String> = std::thread::scope(|scope| {
        let work = || -> Result<(), Failure> {
            // No sessions are kept: every handshake is a whole one.
            let config = Arc::new(config());
            while left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1)).is_ok() {
                let timed = connection(address, load, &config, &content)?;
                replies.lock().map_err(|_| "a sender failed")?.extend(timed);
            }
            Ok(())
        };
        let senders: Vec<_> =
            (0..load.connections).map(|_| scope.spawn(move || work().map_err(|e| e.to_string()))).collect();
        senders
            .into_iter()
            .filter_map(|sender| sender.join().unwrap_or_else(|_| Err("a sender failed".into())).err())
            .collect()
    });
    if let Some(failure) = failures.into_iter().next() {
        return Err(failure.into());
    }
    let wall = began.elapsed();
    let mut replies = replies.into_inner().map_err(|_| "a sender failed")?;
    replies.sort_unstable();
    if replies.len() != load.messages {
        return Err(format!("{} of {} messages were answered", replies.len(), load.messages).into());
    }
    Ok(Taken { wall, replies })
}

fn content() -> String {
    let mut content = "Message-ID: <bench@client.example>\r\nSubject: bench\r\n\r\n".to_owned();
    while content.len() < SIZE {
        content.push_str("The quick brown fox jumps over the lazy dog, and the dog goes on sleeping.\r\n");
    }
    content + ".\r\n"
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// One connection with its messages.
fn connection(
    address: SocketAddr,
    load: Load,
    config: &Arc<ClientConfig>,
    content: &str,
) -> Result<Vec<Duration>, Failure> {
    let mut tcp = TcpStream::connect(address)?;
    tcp.set_nodelay(true)?;
    reply(&mut tcp, "220")?;
    ask(&mut tcp, "EHLO client.example\r\n", "250")?;
    let mut stream: Box<dyn Stream> = match load.tls {
        false => Box::new(tcp),
        true => Box::new(started(tcp, config)?),
    };
    let mut timed = Vec::with_capacity(load.per_connection);
    for _ in 0..load.per_connection {
        ask(&mut *stream, "MAIL FROM:<sender@client.example>\r\n", "250")?;
        ask(&mut *stream, "RCPT TO:<user@example.com>\r\n", "250")?;
        ask(&mut *stream, "DATA\r\n", "354")?;
        stream.write_all(content.as_bytes())?;
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

/// Believes everybody: who the server is does not matter here, but its handshake is checked as always.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &default_provider().signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &default_provider().signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

pub fn config() -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|error| panic!("{error}"))
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    config
}
