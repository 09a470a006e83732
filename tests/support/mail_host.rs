//! A mail host whose TLS is a real program's: the SMTP in clear text is spoken here, and from the 220 to STARTTLS on every octet goes
//! through to a fresh server of OpenSSL or GnuTLS, whose standard input and output carry the SMTP under TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::serve::free_port;
use super::smtp::LONG;

/// What one connection led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub over_tls: bool,
    /// The content of the messages, with LF line ends.
    pub messages: Vec<String>,
    /// What the program said on standard error, and GnuTLS on standard output.
    pub said: String,
}

pub struct MailHost {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
}

/// Which program does the TLS, and how.
#[derive(Debug, Clone)]
pub enum Server {
    /// `openssl s_server` with these options beside the port.
    OpenSsl(String),
    /// None: it offers no STARTTLS.
    Nobody,
    /// `gnutls-serv`, which cannot be made to speak SMTP: under TLS it sends back what comes.
    GnuTls(String),
}

/// What the connections after the first one meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    Same,
    NoStartTls,
    /// 454 to STARTTLS.
    Refusal,
}

impl MailHost {
    /// Takes connections for as long as the test process lives; `folder` is where the files of the options lie.
    pub fn start(server: Server, folder: &Path) -> MailHost {
        MailHost::changing(server, folder, Later::Same)
    }

    /// One that is as `later` says from its second connection on.
    pub fn changing(server: Server, folder: &Path, later: Later) -> MailHost {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let address = listener.local_addr().expect("address");
        let told: Arc<Mutex<Vec<Told>>> = Arc::default();
        let (telling, folder) = (told.clone(), folder.to_owned());
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let now = if number == 0 { Later::Same } else { later };
                let (server, folder, telling) = (server.clone(), folder.clone(), telling.clone());
                std::thread::spawn(move || {
                    let told = host(stream, &server, &folder, now);
                    telling.lock().expect("told").push(told);
                });
            }
        });
        MailHost { address, told }
    }

    /// What the first `count` connections led to, when all of them have ended.
    #[track_caller]
    pub fn told(&self, count: usize) -> Vec<Told> {
        let until = Instant::now() + LONG;
        loop {
            let told = self.told.lock().expect("told").clone();
            if told.len() >= count {
                return told;
            }
            assert!(Instant::now() < until, "{} of {count} connections ended: {told:?}", told.len());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn host(stream: TcpStream, server: &Server, folder: &Path, now: Later) -> Told {
    let reading = BufReader::new(stream.try_clone().expect("clone"));
    let mut session = Session { reading, writing: stream, messages: Vec::new() };
    session.say("220 mx1.example.net ESMTP");
    let offers = !matches!(server, Server::Nobody) && now != Later::NoStartTls;
    let mut over_tls = session.converse(offers);
    while over_tls && now == Later::Refusal {
        session.say("454 4.7.0 TLS not available due to temporary reason");
        over_tls = session.converse(offers);
    }
    let Session { reading, writing, mut messages } = session;
    if !over_tls {
        return Told { over_tls, messages, said: String::new() };
    }
    assert!(reading.buffer().is_empty(), "the client did not wait for the reply to STARTTLS");
    let (mut child, behind) = server.spawn(folder);
    (&writing).write_all(b"220 Go ahead with TLS\r\n").expect("220");
    let through = through(writing, behind);
    let error = child.stderr.take().expect("stderr");
    let error = std::thread::spawn(move || whole(error));
    let (stdin, stdout) = (child.stdin.take().expect("stdin"), child.stdout.take().expect("stdout"));
    let mut said = String::new();
    match server {
        Server::OpenSsl(_) => {
            let mut session = Session { reading: BufReader::new(stdout), writing: stdin, messages };
            session.converse(false);
            messages = session.messages;
            let _ = child.wait();
        }
        Server::Nobody => {}
        Server::GnuTls(_) => {
            through.join().expect("through");
            let _ = child.kill();
            let _ = child.wait();
            said = whole(stdout);
        }
    }
    said.push_str(&error.join().expect("stderr"));
    Told { over_tls, messages, said }
}

impl Server {
    /// The program, and a connection to it.
    fn spawn(&self, folder: &Path) -> (Child, TcpStream) {
        let port = free_port();
        let scratch = tempfile::tempdir().expect("folder");
        let socket = scratch.path().join("socket");
        let script = match self {
            Server::OpenSsl(options) => {
                format!("exec openssl s_server -unix {} -naccept 1 -quiet {options}", socket.display())
            }
            Server::GnuTls(options) => format!("exec gnutls-serv --port {port} --echo {options}"),
            Server::Nobody => unreachable!("nobody said STARTTLS"),
        };
        let mut command = Command::new("sh");
        command.current_dir(folder).arg("-c").arg(&script);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a TLS server");
        let until = Instant::now() + LONG;
        loop {
            let connected = match self {
                // What is done with it works with every kind of stream.
                Server::OpenSsl(_) => UnixStream::connect(&socket).map(|stream| TcpStream::from(OwnedFd::from(stream))),
                _ => TcpStream::connect(("127.0.0.1", port)),
            };
            match connected {
                Ok(stream) => return (child, stream),
                Err(error) => {
                    let ended = child.try_wait().expect("wait");
                    if ended.is_some() || Instant::now() > until {
                        let said = child.stderr.take().map(whole).unwrap_or_default();
                        panic!("`{script}` does not listen ({error}): {said}");
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Carries octets both ways, and the end of each way too.
fn through(client: TcpStream, server: TcpStream) -> std::thread::JoinHandle<()> {
    let way = |mut from: TcpStream, mut to: TcpStream| {
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        })
    };
    let there = way(client.try_clone().expect("clone"), server.try_clone().expect("clone"));
    let back = way(server, client);
    std::thread::spawn(move || {
        there.join().expect("there");
        back.join().expect("back");
    })
}

fn whole(mut from: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = from.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Session<R, W> {
    reading: BufReader<R>,
    writing: W,
    messages: Vec<String>,
}

impl<R: Read, W: Write> Session<R, W> {
    fn say(&mut self, line: &str) {
        let _ = self.writing.write_all(format!("{line}\r\n").as_bytes()).and_then(|()| self.writing.flush());
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        self.reading.read_until(b'\n', &mut line).ok().filter(|octets| *octets > 0)?;
        Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Takes every message until the end; true when the client said STARTTLS where that is offered.
    fn converse(&mut self, starttls: bool) -> bool {
        while let Some(line) = self.line() {
            match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" if starttls => self.say("250-mx1.example.net\r\n250 STARTTLS"),
                "STARTTLS" if starttls => return true,
                "DATA" => self.data(),
                "QUIT" => {
                    self.say("221 2.0.0 Bye");
                    return false;
                }
                _ => self.say("250 2.0.0 OK"),
            }
        }
        false
    }

    fn data(&mut self) {
        self.say("354 Go ahead");
        let mut message = String::new();
        while let Some(line) = self.line() {
            if line == "." {
                self.messages.push(message);
                return self.say("250 2.0.0 OK");
            }
            message.push_str(&line);
            message.push('\n');
        }
    }
}
