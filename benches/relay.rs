//! What it costs to relay a message: processor time of the server's processes per message, from the moment in which it is offered until
//! the next host has it, against Postfix with its defaults, in the same run, in turns.
//!
//!     cargo bench --bench relay                  # as root, for Postfix
//!
//! A source brings messages over 20 connections, one each, in clear text; `sealpost sink` takes them from either server. Every
//! message that was answered 250 has to arrive once, with its body as it was. Both servers sync before they answer 250. Postfix makes a
//! new handshake for each message unless it is told otherwise; what it costs then is shown beside.

#[path = "mail/mod.rs"]
mod mail;

use std::time::{Duration, Instant};

use mail::load::{self, Load};
use mail::postfix::{self, Postfix};
use mail::rounds::{Contestant, ROUNDS, Round, Row, in_turns, verdict};
use mail::sink::Sink;
use mail::{Engine, Failure, Server};

const LOAD: Load = Load { messages: 2_000, connections: 20, per_connection: 1, tls: false };
/// Postfix's processor time divided by ours is at least this.
const TARGET: f64 = 5.0;
/// Both remove what was delivered from their queues a moment later.
const AFTERWARDS: Duration = Duration::from_millis(500);

fn main() -> Result<(), Failure> {
    if !postfix::is_there() {
        println!("skipped: Postfix not found, or not root");
        return Ok(());
    }
    for (what, tls) in [("relay, clear text to clear text", false), ("relay, clear text to TLS", true)] {
        let (messages, connections) = (LOAD.messages, LOAD.connections);
        println!(
            "{what} ({messages} messages of 4 KB from {connections} connections, {ROUNDS} rounds, synced before the 250)"
        );
        compare(tls)?;
    }
    Ok(())
}

fn compare(tls: bool) -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let (level, setting) = if tls { ("may", "preferred") } else { ("none", "no") };
    let settings = |sink: &Sink, more: &str| {
        format!(
            "relay_transport = relay:[127.0.0.1]:{}\nsmtp_tls_security_level = {level}\n{more}",
            sink.address.port()
        )
    };
    let sink = Sink::start(tls)?;
    let engine = Engine::start(folder.path(), sink.address, setting)?;
    let ours = Relay { server: &engine, sink: &sink, tls };
    let other_sink = Sink::start(tls)?;
    let postfix = Postfix::start(&folder.path().join("postfix"), &settings(&other_sink, ""))?;
    let theirs = Relay { server: &postfix, sink: &other_sink, tls };
    let third_sink = Sink::start(tls)?;
    let reuse = settings(&third_sink, "smtp_tls_connection_reuse = yes");
    let reusing = tls.then(|| Postfix::start(&folder.path().join("reusing"), &reuse)).transpose()?;
    let mut contestants: Vec<Contestant<'_>> =
        vec![("sealpost", Box::new(|| ours.round())), ("Postfix", Box::new(|| theirs.round()))];
    if let Some(server) = &reusing {
        let reusing = Relay { server, sink: &third_sink, tls };
        contestants.push(("Postfix, connections reused", Box::new(move || reusing.round())));
    }
    let rows = in_turns(&mut contestants)?;
    rows.iter().for_each(Row::tell);
    if let [ours, theirs, ..] = &rows[..] {
        let ratio = theirs.cpu() / ours.cpu();
        verdict("processor time, Postfix's by ours", ratio, TARGET, ratio >= TARGET);
    }
    Ok(())
}

/// A server, and the sink that its messages go to.
struct Relay<'a, S> {
    server: &'a S,
    sink: &'a Sink,
    tls: bool,
}

impl<S: Server> Relay<'_, S> {
    fn round(&self) -> Result<Round, Failure> {
        let (began, before) = (Instant::now(), self.server.cpu());
        let taken = load::run(self.server.address(), LOAD)?;
        let arrived = self.sink.take(LOAD.messages)?;
        std::thread::sleep(AFTERWARDS);
        let cpu = self.server.cpu().saturating_sub(before);
        if arrived.bodies != taken.bodies {
            return Err("what arrived is not what was sent".into());
        }
        if arrived.over_tls != if self.tls { LOAD.messages } else { 0 } {
            return Err(format!("{} messages came over TLS", arrived.over_tls).into());
        }
        let messages = LOAD.messages as f64;
        Ok(Round {
            cpu: cpu.as_secs_f64() * 1_000.0 / messages,
            rate: messages / (arrived.last - began).as_secs_f64(),
            p99: taken.percentile(99),
        })
    }
}
