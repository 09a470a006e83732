//! What it costs to take a message, durably, before the 250: processor time of the server's processes per message against Postfix with
//! its defaults, in the same run, in turns; how long a 250 takes; and what ten thousand idle TLS connections keep in memory.
//!
//!     cargo bench --bench accept                 # as root, for Postfix
//!     cargo bench --bench accept -- idle         # the connections alone
//!
//! Both sync before they answer, and neither delivers: Postfix puts the messages on hold. Processor time of whatever the kernel does
//! for them without a process, such as writing back, is counted for neither.

#[path = "mail/mod.rs"]
mod mail;

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use mail::load::{self, Load};
use mail::postfix::{self, Postfix};
use mail::{Engine, Failure, Server};

const ROUNDS: usize = 5;
const MESSAGES: usize = 2_000;
/// Postfix's processor time divided by ours is at least this.
const TARGET: f64 = 4.0;
const IDLE: usize = 10_000;
/// Octets that they may take.
const IDLE_TARGET: u64 = 400 << 20;

const CASES: [(&str, bool, usize); 3] = [
    ("accept, clear text, 1 message per connection", false, 1),
    ("accept, TLS 1.3, 1 message per connection", true, 1),
    ("accept, TLS 1.3, 50 messages per connection", true, 50),
];

/// One round at one server.
struct Round {
    /// Milliseconds per message.
    cpu: f64,
    rate: f64,
    p99: Duration,
}

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let engine = Engine::start(folder.path())?;
    if !std::env::args().any(|argument| argument == "idle") {
        let postfix = match postfix::is_there() {
            true => Some(Postfix::start(folder.path(), "")?),
            false => {
                println!("skipped: Postfix not found, or not root");
                None
            }
        };
        for (what, tls, per_connection) in CASES {
            let load = Load { messages: MESSAGES, connections: 20, per_connection, tls };
            compare(what, load, &engine, postfix.as_ref())?;
        }
    }
    idle(&engine)
}

fn compare(what: &str, load: Load, engine: &Engine, postfix: Option<&Postfix>) -> Result<(), Failure> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // The first round warms both up.
    for number in 0..=ROUNDS {
        let round = round(engine, load)?;
        let other = postfix.map(|postfix| self::round(postfix, load)).transpose()?;
        if number > 0 {
            ours.push(round);
            theirs.extend(other);
        }
    }
    println!("{what} ({MESSAGES} messages of 4 KB over 20 connections, {ROUNDS} rounds)");
    let (cpu, p99) = told("sealpost", &mut ours);
    if !theirs.is_empty() {
        let (other_cpu, other_p99) = told("postfix", &mut theirs);
        let ratio = other_cpu / cpu;
        println!("  processor time, Postfix's by ours: {ratio:.1}, target {TARGET:.1}: {}", verdict(ratio >= TARGET));
        let ratio = p99.as_secs_f64() / other_p99.as_secs_f64();
        println!("  99th percentile of the 250, ours by Postfix's: {ratio:.2}, target 1.00: {}", verdict(ratio <= 1.0));
    }
    Ok(())
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "MISSED" }
}

fn round(server: &impl Server, load: Load) -> Result<Round, Failure> {
    let before = server.cpu();
    let taken = load::run(server.address(), load)?;
    let cpu = server.cpu().saturating_sub(before);
    let messages = load.messages as f64;
    Ok(Round {
        cpu: cpu.as_secs_f64() * 1_000.0 / messages,
        rate: messages / taken.wall.as_secs_f64(),
        p99: taken.percentile(99),
    })
}

/// Prints median and spread; gives the medians of processor time and 99th percentile.
fn told(who: &str, rounds: &mut [Round]) -> (f64, Duration) {
    let mut p99: Vec<Duration> = rounds.iter().map(|round| round.p99).collect();
    let mut rate: Vec<f64> = rounds.iter().map(|round| round.rate).collect();
    p99.sort_unstable();
    rate.sort_by(f64::total_cmp);
    rounds.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    let middle = rounds.len() / 2;
    let (low, high) = (rounds[0].cpu, rounds[rounds.len() - 1].cpu);
    println!(
        "  {who:<8} {:.3} ms of processor time per message ({low:.3} to {high:.3}), {:.0} messages/s, 99% of the 250 within {:.1?}",
        rounds[middle].cpu, rate[middle], p99[middle]
    );
    (rounds[middle].cpu, p99[middle])
}

fn idle(engine: &Engine) -> Result<(), Failure> {
    let _ = sealpost::sys::runtime::raise_open_files();
    let before = engine.memory()?;
    let config = Arc::new(load::config());
    let mut waiting = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        let mut tcp = TcpStream::connect(engine.address())?;
        load::reply(&mut tcp, "220")?;
        load::ask(&mut tcp, "EHLO client.example\r\n", "250")?;
        waiting.push(load::started(tcp, &config)?);
    }
    let after = engine.memory()?;
    println!(
        "{IDLE} idle TLS connections: {} MB resident, {} KB each ({} MB before); target {} MB: {}",
        after >> 20,
        (after.saturating_sub(before) / IDLE as u64) >> 10,
        before >> 20,
        IDLE_TARGET >> 20,
        verdict(after <= IDLE_TARGET),
    );
    Ok(())
}
