//! No mail is lost (R1 to R5), the whole program: `sealpost serve` between clients that write down what it has promised and sinks
//! that write down what came. It is killed again and again at numbered points of accepting and delivering, and started again.
//!
//! A point is the n-th system call of a kind that a thread makes; `strace` sends SIGKILL there. A life that comes past its point
//! is killed after so many messages. Short by default; `SEALPOST_LONG_TESTS=1` dies many more times.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::needs;
use crate::spool::message;
use crate::support::serve::{free_port, home_on};
use crate::support::smtp::SinkProcess;
use crate::support::{Bench, run};

/// What the program does to the world in accepting and delivering, and how often a thread does it in a life, more or less: the
/// database and its syncs, files of large messages, words to clients and hosts, and words from them.
const CALLS: [(&str, u64); 6] =
    [("pwrite64", 400), ("fsync", 40), ("sendto", 500), ("recvfrom", 700), ("openat", 30), ("unlinkat", 6)];
/// Messages after which a life is over that came past its point.
const LIFE: u64 = 120;
const CLIENTS: usize = 4;
/// Connections that deliver to one destination at the same time; each carries one message.
const DELIVERIES: usize = 4;
/// Recipients of a message, at most.
const RECIPIENTS: usize = 3;

fn deaths() -> u64 {
    if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 90 } else { 6 }
}

fn recipients_of(seed: u64) -> &'static [&'static str] {
    match seed % 4 {
        0 => &["a@good.example"],
        1 => &["a@good.example", "b@good.example", "c@later.example"],
        2 => &["x@fail.example", "a@good.example"],
        _ => &["a@later.example"],
    }
}

/// Every ninth is large.
fn body_of(seed: u64) -> Vec<u8> {
    let small = 300 + (seed * 41 % 3_000) as usize;
    let mut octets = message(seed, if seed.is_multiple_of(9) { 70_000 + 30 * small } else { small });
    // In whole lines.
    octets.truncate(octets.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1));
    octets
}

fn sha256(octets: &[u8]) -> String {
    digest(&SHA256, octets).as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What clients know.
#[derive(Default)]
struct Promised {
    /// MIDs of the messages that were answered 250, by seed.
    mids: Mutex<BTreeMap<u64, u64>>,
    /// What others were answered.
    refused: Mutex<BTreeMap<u64, String>>,
    next: AtomicU64,
    in_this_life: AtomicU64,
    over: AtomicBool,
}

impl Promised {
    /// Sends one message after the other, over connections that end when the server dies.
    fn client(&self, address: SocketAddr) {
        while !self.over.load(Ordering::Acquire) {
            match TcpStream::connect(address) {
                Ok(stream) => drop(self.connection(stream)),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// `None` when the connection was lost.
    fn connection(&self, stream: TcpStream) -> Option<()> {
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let mut talk = Talk { read: BufReader::new(stream.try_clone().ok()?), stream };
        talk.reply()?;
        talk.ask("EHLO client.example")?;
        while !self.over.load(Ordering::Acquire) {
            let seed = self.next.fetch_add(1, Ordering::AcqRel);
            let reply = talk.message(seed)?;
            match reply.split_once("message ").filter(|_| reply.starts_with("250 ")) {
                Some((_, rest)) => {
                    let mid = rest.split(' ').next()?.parse().unwrap();
                    let mut mids = self.mids.lock().unwrap_or_else(PoisonError::into_inner);
                    assert!(mids.values().all(|other| *other != mid), "MID {mid} was given twice");
                    mids.insert(seed, mid);
                    self.in_this_life.fetch_add(1, Ordering::AcqRel);
                }
                None => drop(self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(seed, reply)),
            }
        }
        talk.ask("QUIT").map(drop)
    }
}

struct Talk {
    stream: TcpStream,
    read: BufReader<TcpStream>,
}

impl Talk {
    /// The last line of a reply.
    fn reply(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            self.read.read_line(&mut line).ok().filter(|_| line.ends_with("\r\n"))?;
            if line.as_bytes().get(3) == Some(&b' ') {
                return Some(line.trim_end().to_owned());
            }
        }
    }

    fn ask(&mut self, command: &str) -> Option<String> {
        self.stream.write_all(format!("{command}\r\n").as_bytes()).ok()?;
        self.reply()
    }

    /// The reply to a message, or to the command that refused it.
    fn message(&mut self, seed: u64) -> Option<String> {
        let mut commands = vec![format!("MAIL FROM:<s{seed}@back.example>")];
        commands.extend(recipients_of(seed).iter().map(|to| format!("RCPT TO:<{to}>")));
        commands.push("DATA".to_owned());
        for command in commands {
            let reply = self.ask(&command)?;
            if !reply.starts_with(['2', '3']) {
                self.ask("RSET")?;
                return Some(reply);
            }
        }
        let mut octets = format!("Message-ID: <{seed}@test>\r\n").into_bytes();
        octets.extend_from_slice(&body_of(seed));
        octets.extend_from_slice(b".\r\n");
        self.stream.write_all(&octets).ok()?;
        self.reply()
    }
}

/// One life of the engine.
struct Life {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Life {
    fn begin(bench: &Bench, injection: Option<String>) -> Life {
        let engine = bench.sealpost();
        let mut command = match &injection {
            None => Command::new(engine.get_program()),
            Some(injection) => {
                let mut strace = Command::new("strace");
                strace.args(["-f", "-qq", "-o", "/dev/null", "-e"]);
                strace.arg(format!("trace={}", CALLS.map(|(call, _)| call).join(",")));
                strace.args(["-e", injection]).arg(engine.get_program());
                strace
            }
        };
        command.args(engine.get_args()).args(["serve", "--format", "json", "--grace", "5"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).env_remove("SEALPOST_HOME");
        let mut child = command.spawn().expect("serve");
        let lines = BufReader::new(child.stdout.take().expect("stdout"));
        Life { child, lines }
    }

    /// The process of the engine; `None` when it died before it served.
    fn process(&mut self) -> Option<Pid> {
        let mut line = String::new();
        self.lines.read_line(&mut line).ok()?;
        let serving: Value = serde_json::from_str(&line).ok()?;
        Pid::from_raw(i32::try_from(serving["process"].as_i64()?).ok()?)
    }

    /// Waits for its death, and sees to it when it has lived long enough. True when it died at its point.
    fn end(mut self, promised: &Promised) -> bool {
        promised.in_this_life.store(0, Ordering::Release);
        let process = self.process();
        loop {
            if self.child.try_wait().expect("wait").is_some() {
                return true;
            }
            if promised.in_this_life.load(Ordering::Acquire) >= LIFE
                && let Some(process) = process
            {
                let _ = kill_process(process, Signal::KILL);
                self.child.wait().expect("wait");
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What came out, by seed and recipient; for a report, the recipient it is about.
#[derive(Default)]
struct Seen(BTreeMap<(u64, String), usize>);

impl Seen {
    fn add(&mut self, line: &Value) {
        if line["event"] != "message" || line["reply"] != 250 {
            return;
        }
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let recipients = line["recipients"].as_array().unwrap().iter().map(|to| to.as_str().unwrap().to_owned());
        if text("sender").is_empty() {
            for to in recipients {
                let seed = to.strip_prefix('s').and_then(|rest| rest.split('@').next()?.parse().ok()).expect("a seed");
                *self.0.entry((seed, "x@fail.example".to_owned())).or_default() += 1;
            }
            return;
        }
        let id = text("message_id");
        let seed: u64 = id.trim_matches(['<', '>']).trim_end_matches("@test").parse().expect("a seed");
        assert_eq!(text("sender"), format!("s{seed}@back.example"), "mixed: {line}");
        let sent = body_of(seed);
        let body = sent.windows(4).position(|window| window == b"\r\n\r\n").expect("a header") + 4;
        assert_eq!(text("body_sha256"), sha256(&sent[body..]), "not as it was sent: {line}");
        for to in recipients {
            assert!(recipients_of(seed).contains(&to.as_str()), "mixed: {line}");
            *self.0.entry((seed, to)).or_default() += 1;
        }
    }
}

/// A home that sends to three sinks: one takes all, one defers at first, one refuses for good.
fn gateway(port: u16, sinks: &[(&str, &SinkProcess)]) -> Bench {
    let bench = home_on(port);
    let domains: Vec<&str> = sinks.iter().map(|(domain, _)| *domain).collect();
    bench.run(["listener", "set", "IncomingMail", "--domains", &domains.join(",")]).code(0);
    for (domain, sink) in sinks {
        bench.run(["route", "set", domain, "--hosts", &format!("[127.0.0.1]:{}", sink.port())]).code(0);
    }
    let deliveries = DELIVERIES.to_string();
    let default = ["destination", "default", "--tls", "required", "--concurrency", &deliveries];
    bench.run(default).code(0);
    bench.run(["change", "commit", "sinks"]).code(0);
    bench
}

#[test]
fn killed_again_and_again_the_whole_program_loses_nothing() {
    needs!("strace");
    let good = SinkProcess::start(&[]);
    let later = SinkProcess::start(&["--fail", "rcpt-450", "--fail-first", "8"]);
    let fail = SinkProcess::start(&["--fail", "rcpt-550"]);
    let port = free_port();
    let sinks = [("good.example", &good), ("later.example", &later), ("fail.example", &fail), ("back.example", &good)];
    let bench = gateway(port, &sinks);
    let promised = Promised::default();
    let (mut at_point, mut seen) = (0, Seen::default());
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| promised.client(SocketAddr::from(([127, 0, 0, 1], port))));
        }
        for death in 0..deaths() {
            let (call, last) = CALLS[(death % CALLS.len() as u64) as usize];
            let rounds = deaths() / CALLS.len() as u64;
            // Early points and late ones; with few rounds, one in the middle.
            let when = 1 + last * (death / CALLS.len() as u64 * 2 + 1) / (rounds * 2);
            let life = Life::begin(&bench, Some(format!("inject={call}:signal=KILL:when={when}")));
            at_point += u64::from(life.end(&promised));
            [&good, &later, &fail].iter().flat_map(|sink| sink.rest()).for_each(|line| seen.add(&line));
        }
        promised.over.store(true, Ordering::Release);
    });
    let drained = drain(&bench);
    [&good, &later, &fail].iter().flat_map(|sink| sink.rest()).for_each(|line| seen.add(&line));
    compare(&promised, &seen, at_point);
    assert!(drained.contains("queue opened"), "recovery is not logged");
}

/// The last life, undisturbed: whatever is queued comes out. Gives its log.
fn drain(bench: &Bench) -> String {
    let mut life = Life::begin(bench, None);
    let process = life.process().expect("it serves");
    loop {
        let left = bench.run(["queue", "list", "--format", "json"]).code(0).json()["total"]["messages"].as_u64();
        if left == Some(0) {
            break;
        }
        run(bench.sealpost().args(["queue", "flush"]));
        std::thread::sleep(Duration::from_millis(200));
    }
    kill_process(process, Signal::TERM).expect("signal");
    assert!(life.child.wait().expect("wait").success());
    std::fs::read_to_string(bench.home().join("log/mail.log")).expect("log")
}

fn compare(promised: &Promised, seen: &Seen, at_point: u64) {
    let mids = promised.mids.lock().unwrap();
    let mut arrivals = 0;
    for (seed, mid) in &*mids {
        for to in recipients_of(*seed) {
            let times = seen.0.get(&(*seed, (*to).to_owned())).copied().unwrap_or(0);
            assert!(times > 0, "MID {mid} was answered 250, and neither {to} nor its sender ever got it");
            assert!(times as u64 <= 1 + deaths(), "MID {mid} came to {to} {times} times");
            arrivals += 1;
        }
    }
    let refused = promised.refused.lock().unwrap();
    let came: Vec<_> = seen.0.keys().filter(|(seed, _)| refused.contains_key(seed)).collect();
    assert!(came.is_empty(), "refused and delivered all the same: {came:?}");
    // Nothing is wrong with any of them: a server that says no may only mean not now.
    assert!(refused.values().all(|reply| reply.starts_with('4')), "{refused:?}");
    let again: usize = seen.0.values().map(|times| times - 1).sum();
    // One for each recipient that was being delivered when it died; to the good sink lead two destinations.
    let most = deaths() as usize * 4 * DELIVERIES * RECIPIENTS;
    assert!(again <= most, "{again} duplicates in {} deaths", deaths());
    assert!(at_point > 0, "no life ended at its point");
    eprintln!(
        "{} deaths, {at_point} of them at a numbered point: {} messages answered 250, {arrivals} recipients, {again} duplicates, {} refused",
        deaths(),
        mids.len(),
        refused.len(),
    );
}
