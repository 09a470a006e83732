//! What it costs to take a message, durably, before the 250: processor time of the server's processes per message against Postfix with
//! its defaults, in the same run, in turns; how long a 250 takes; and what ten thousand idle TLS connections keep in memory.
//!
//!     cargo bench --bench accept                 # as root, for Postfix
//!     cargo bench --bench accept -- idle         # the connections alone
//!
//! Both sync before they answer, and neither delivers: Postfix puts the messages on hold, ours go to a host that never greets.
//! Processor time of whatever the kernel does for them without a process, such as writing back, is counted for neither.

#[path = "mail/mod.rs"]
mod mail;

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use mail::load::{self, Load};
use mail::postfix::{self, Postfix};
use mail::rounds::{Contestant, ROUNDS, Round, Row, in_turns, verdict};
use mail::{Engine, Failure, Server};

const MESSAGES: usize = 2_000;
/// Postfix's processor time divided by ours is at least this.
const TARGET: f64 = 4.0;
const IDLE: usize = 10_000;
/// Octets that they may take.
const IDLE_TARGET: u64 = 400 << 20;
const HOLD: &str = "smtpd_data_restrictions = check_client_access static:HOLD";

const CASES: [(&str, bool, usize); 3] = [
    ("accept, clear text, 1 message per connection", false, 1),
    ("accept, TLS 1.3, 1 message per connection", true, 1),
    ("accept, TLS 1.3, 50 messages per connection", true, 50),
];

fn main() -> Result<(), Failure> {
    let postfix = postfix::is_there();
    if !postfix {
        println!("skipped: Postfix not found, or not root");
    }
    if !std::env::args().any(|argument| argument == "idle") {
        for (what, tls, per_connection) in CASES {
            let load = Load { messages: MESSAGES, connections: 20, per_connection, tls };
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
            println!(
                "{what} ({MESSAGES} messages of 4 KB over 20 connections, {ROUNDS} rounds, synced before the 250)"
            );
            compare(load, folder.path(), postfix)?;
        }
    }
    idle()
}

fn compare(load: Load, folder: &Path, with_postfix: bool) -> Result<(), Failure> {
    // It takes connections, but never greets.
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let engine = Engine::start(folder, silent.local_addr()?, "no")?;
    let postfix = with_postfix.then(|| Postfix::start(&folder.join("postfix"), HOLD)).transpose()?;
    let mut contestants: Vec<Contestant<'_>> = vec![("sealpost", Box::new(|| round(&engine, load)))];
    if let Some(postfix) = &postfix {
        contestants.push(("Postfix", Box::new(|| round(postfix, load))));
    }
    let rows = in_turns(&mut contestants)?;
    rows.iter().for_each(Row::tell);
    let sent = load.messages * (ROUNDS + 1);
    let queued = (engine.queued()?, postfix.as_ref().map_or(sent, Postfix::held));
    if queued != (sent as u64, sent) {
        return Err(format!("of {sent} messages {queued:?} are in the queues").into());
    }
    if let [ours, theirs] = &rows[..] {
        let ratio = theirs.cpu() / ours.cpu();
        verdict("processor time, Postfix's by ours", ratio, TARGET, ratio >= TARGET);
        let ratio = ours.p99() / theirs.p99();
        verdict("99th percentile of the 250, ours by Postfix's", ratio, 1.0, ratio <= 1.0);
    }
    Ok(())
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

/// Resident memory of the engine, before and after; what the kernel keeps for sockets is not in it.
fn idle() -> Result<(), Failure> {
    let _ = sealpost::sys::runtime::raise_open_files();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let engine = Engine::start(folder.path(), silent.local_addr()?, "no")?;
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
    let each = (after.saturating_sub(before) / IDLE as u64) >> 10;
    println!("{IDLE} idle TLS connections: {each} KB each, {} MB before", before >> 20);
    let (after, target) = ((after >> 20) as f64, (IDLE_TARGET >> 20) as f64);
    verdict("MB resident", after, target, after <= target);
    Ok(())
}
