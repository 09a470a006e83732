//! Both ends of SMTP for tests: a client that sends octets as it is told to, and the program's own sink.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::support::sealpost;

/// Against hangs only.
pub const LONG: Duration = Duration::from_secs(60);

/// A client in clear text. Reading fails the test when nothing comes.
pub struct Client {
    pub stream: TcpStream,
    read: BufReader<TcpStream>,
}

impl Client {
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Client {
        Client::over(TcpStream::connect(address).expect("connect"))
    }

    pub fn over(stream: TcpStream) -> Client {
        stream.set_read_timeout(Some(LONG)).expect("timeout");
        let read = BufReader::new(stream.try_clone().expect("clone"));
        Client { stream, read }
    }

    /// Sends octets. A server that has closed already is no failure: what it said before is what tests look at.
    pub fn send(&mut self, octets: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(octets.as_ref());
    }

    /// The next reply, with LF line ends; empty when the connection is closed.
    #[track_caller]
    pub fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = Vec::new();
            match self.read.read_until(b'\n', &mut line) {
                Ok(0) => return reply,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return reply,
                Err(error) => panic!("{error} after {reply:?}"),
            }
            let line = String::from_utf8(line).expect("a reply of ASCII");
            assert!(line.ends_with("\r\n"), "a reply without CR LF: {line:?}");
            reply.push_str(line.trim_end_matches("\r\n"));
            if line.as_bytes().get(3) != Some(&b'-') {
                return reply;
            }
            reply.push('\n');
        }
    }

    /// Sends a command and checks that the reply begins with `expected`; gives the whole reply.
    #[track_caller]
    pub fn ask(&mut self, command: &str, expected: &str) -> String {
        self.send(format!("{command}\r\n"));
        self.expect(expected, command)
    }

    #[track_caller]
    pub fn expect(&mut self, expected: &str, what: &str) -> String {
        let reply = self.reply();
        assert!(reply.starts_with(expected), "{what}: expected {expected}, got {reply:?}");
        reply
    }

    /// Greets and says EHLO.
    #[track_caller]
    pub fn greeted(address: SocketAddr) -> Client {
        let mut client = Client::connect(address);
        client.expect("220 ", "greeting");
        client.ask("EHLO client.example", "250-");
        client
    }

    /// Everything that still comes until the server closes.
    #[track_caller]
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.read.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
        }
        rest
    }

    /// The server has closed, and said nothing more.
    #[track_caller]
    pub fn expect_closed(&mut self) {
        let rest = self.rest();
        assert!(rest.is_empty(), "more came: {:?}", String::from_utf8_lossy(&rest));
    }

    /// Sends a message to `recipient` and gives the reply to it.
    #[track_caller]
    pub fn message(&mut self, recipient: &str, content: &str) -> String {
        self.ask("MAIL FROM:<sender@client.example>", "250 ");
        self.ask(&format!("RCPT TO:<{recipient}>"), "250 ");
        self.ask("DATA", "354 ");
        self.send(format!("{content}\r\n.\r\n"));
        self.reply()
    }
}

/// `sealpost sink` with JSON lines. Stopped when dropped.
pub struct SinkProcess {
    child: Child,
    pub address: SocketAddr,
    lines: Receiver<serde_json::Value>,
}

impl SinkProcess {
    #[track_caller]
    pub fn start(arguments: &[&str]) -> SinkProcess {
        let mut child = sealpost()
            .args(["sink", "--format", "json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sink");
        let lines = lines_of(child.stdout.take().expect("stdout"));
        let first = lines.recv_timeout(LONG).expect("the sink said nothing");
        let address = first["address"].as_str().expect("an address").parse().expect("an address");
        SinkProcess { child, address, lines }
    }

    /// The next message, or failed handshake.
    #[track_caller]
    pub fn next(&self) -> serde_json::Value {
        self.lines.recv_timeout(LONG).expect("the sink got nothing")
    }

    /// What has been told and not taken yet.
    pub fn rest(&self) -> Vec<serde_json::Value> {
        self.lines.try_iter().collect()
    }

    pub fn port(&self) -> String {
        self.address.port().to_string()
    }
}

impl Drop for SinkProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(stdout: ChildStdout) -> Receiver<serde_json::Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // The answer at the end has many lines.
            let Ok(line) = serde_json::from_str(&line) else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
