//! A long queue that is opened again: the time that recovery takes, and the memory of a process that opens it, claims from it, lists it
//! and holds and releases all of it. Each length in a process of its own.
//!
//! Linear means that the time for each message does not grow; flat means that the memory does not, once the caches of the database are
//! full.
//!
//!     cargo bench --bench queue
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealpost::deliver::envelope::{BodyType, Envelope, Received, Recipient, ReversePath};
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::numbers::Mid;
use sealpost::deliver::queue::{Deed, Queue, Selection};
use sealpost::sys::clock::{self, SystemClock};

/// Where the spool is that a process of its own opens.
const SPOOL: &str = "SEALPOST_BENCH_SPOOL";
const LENGTHS: [u64; 4] = [1_000, 20_000, 100_000, 300_000];
/// The shortest recovery of so many counts: the machine does other things, too.
const ROUNDS: usize = 5;
/// Octets of a message.
const SIZE: usize = 1_000;
/// The longest queue by the one before.
const MEMORY_BAR: f64 = 1.25;
/// The same, for each message.
const RECOVERY_BAR: f64 = 1.5;

/// What one process has measured.
struct Taken {
    messages: u64,
    recovery: Duration,
    claimed: Duration,
    listed: Duration,
    administered: Duration,
    /// KiB, at most.
    memory: u64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let Some(spool) = std::env::var_os(SPOOL) {
        return runtime.block_on(open(spool.as_ref()));
    }
    let mut all = Vec::new();
    for length in LENGTHS {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        runtime.block_on(fill(folder.path(), length));
        let taken = measured(folder.path());
        assert_eq!(taken.messages, length);
        println!(
            "{length:>7} messages: recovered in {:.1?}, first 1,000 claimed after {:.1?}, listed in {:.1?}, all held and released in {:.1?}, at most {:.1} MB",
            taken.recovery,
            taken.claimed,
            taken.listed,
            taken.administered,
            taken.memory as f64 / 1024.0
        );
        all.push(taken);
    }
    let [.., before, long] = all.as_slice() else { return };
    let each = |taken: &Taken| taken.recovery.as_secs_f64() / taken.messages as f64;
    report("recovery for each message, 300,000 by 100,000", each(long) / each(before), RECOVERY_BAR);
    report("memory, 300,000 by 100,000", long.memory as f64 / before.memory as f64, MEMORY_BAR);
}

fn report(what: &str, ratio: f64, bar: f64) {
    let verdict = if ratio <= bar { "holds" } else { "MISSED" };
    println!("{what}: {ratio:.2}, bar {bar:.2}: {verdict}");
}

/// Puts messages in, many at a time.
async fn fill(spool: &Path, length: u64) {
    let (queue, _) = Queue::open(spool, Arc::new(SystemClock::new()), MailLog::nowhere()).unwrap();
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..length {
        let queue = queue.clone();
        waiting.spawn(async move {
            let mid = loop {
                match queue.numbers().mid() {
                    Ok(mid) => break mid,
                    Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            };
            let mut body = queue.body(mid);
            body.write(&[b'x'; SIZE]).await.unwrap();
            queue.accept(envelope(number), body.finish().await.unwrap()).await.unwrap();
        });
        while waiting.len() > 400 {
            waiting.join_next().await.unwrap().unwrap();
        }
    }
    waiting.join_all().await;
    queue.close().await;
}

fn envelope(number: u64) -> Envelope {
    let recipient = format!("u{number}@d{}.example", number % 500);
    Envelope {
        sender: ReversePath::Null,
        recipients: vec![Recipient::plain(recipient.parse().unwrap())],
        body: BodyType::SevenBit,
        smtputf8: false,
        ret: None,
        envid: None,
        received: Received::own(clock::now()),
    }
}

fn measured(spool: &Path) -> Taken {
    let output = Command::new(std::env::current_exe().unwrap()).env(SPOOL, spool).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let [messages, recovery, claimed, listed, administered, memory] = numbers[..] else {
        panic!("{text}{}", String::from_utf8_lossy(&output.stderr))
    };
    let time = Duration::from_micros;
    Taken {
        messages,
        recovery: time(recovery),
        claimed: time(claimed),
        listed: time(listed),
        administered: time(administered),
        memory,
    }
}

/// In the process of its own.
async fn open(spool: &Path) {
    let opened = || Queue::open(spool, Arc::new(SystemClock::new()), MailLog::nowhere()).unwrap();
    let mut shortest = Duration::MAX;
    for _ in 1..ROUNDS {
        let (queue, recovery) = opened();
        shortest = shortest.min(recovery.took);
        queue.close().await;
    }
    let began = Instant::now();
    let (queue, recovery) = opened();
    let mut jobs = Vec::new();
    while jobs.len() < 1_000 {
        jobs.extend(queue.claim(1_000, |_| 1_000).await);
    }
    let claimed = began.elapsed();
    drop(jobs);
    let began = Instant::now();
    let (mut after, mut seen) = (Mid(0), 0);
    loop {
        let page = queue.view().list(&Selection::all(), after, 500).unwrap();
        let Some(last) = page.last() else { break };
        (after, seen) = (last.message.mid, seen + page.len() as u64);
    }
    assert_eq!(seen, recovery.messages);
    let listed = began.elapsed();
    let began = Instant::now();
    for deed in [Deed::Hold, Deed::Release] {
        let done = queue.administer_all(deed, Selection::all()).await.unwrap();
        assert_eq!(done.changed, recovery.recipients);
    }
    let administered = began.elapsed();
    queue.close().await;
    let times = [shortest.min(recovery.took), claimed, listed, administered].map(|time| time.as_micros().to_string());
    println!("{} {} {}", recovery.messages, times.join(" "), peak());
}

/// The most memory that this process has had, in KiB (proc(5)).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
