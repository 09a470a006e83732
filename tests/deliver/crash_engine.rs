//! The engine that the crash tests kill: takes mail and delivers it at once, and says on standard output what it has promised.
//!
//! It runs in a process of its own, which is this test program started again.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sealpost::deliver::envelope::ReversePath;
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::queue::{Job, Queue, Settlement, Terms, Trouble};
use sealpost::deliver::status_code::StatusCode;
use sealpost::model::configuration::{BounceProfile, Log};
use sealpost::sys::clock::SystemClock;

use crate::spool::{body, bytes, envelope, message, run, terms};

/// Where the spool is; without it this is no engine.
pub const SPOOL: &str = "SEALPOST_TEST_SPOOL";
/// Seeds of the messages that it takes, from and to.
pub const SEEDS: &str = "SEALPOST_TEST_SEEDS";

const WRITERS: u64 = 4;

#[test]
fn engine() {
    let Some(spool) = std::env::var_os(SPOOL) else { return };
    let seeds = std::env::var(SEEDS).unwrap();
    let (from, to) = seeds.split_once(' ').unwrap();
    run(work(spool.into(), from.parse().unwrap(), to.parse().unwrap()));
}

/// Octets of a message; every seventh is large.
pub fn size_of(seed: u64) -> usize {
    let small = 200 + (seed * 37 % 2_500) as usize;
    if seed.is_multiple_of(7) { 70_000 + 40 * small } else { small }
}

/// Some refuse their mail for good, some at first.
pub fn recipients_of(seed: u64) -> &'static [&'static str] {
    match seed % 4 {
        0 => &["a@one.example"],
        1 => &["a@one.example", "b@two.example", "c@one.example"],
        2 => &["fail@one.example", "a@two.example"],
        _ => &["later@one.example"],
    }
}

/// One line in one write, so that it is there or not.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

async fn work(spool: PathBuf, from: u64, to: u64) {
    let (log, _thread) = MailLog::open(&spool.with_extension("log"), Log::default()).unwrap();
    let (queue, recovery) = Queue::open(&spool, Arc::new(SystemClock::new()), log).unwrap();
    assert_eq!(recovery.damaged, []);
    say(&format!("OPENED {} {}", recovery.messages, queue.numbers().icid().unwrap()));
    let next = Arc::new(AtomicU64::new(from));
    let writers = (0..WRITERS).map(|_| tokio::spawn(write(queue.clone(), next.clone(), to)));
    let writers: Vec<_> = writers.collect();
    let deliverer = tokio::spawn(deliver(queue.clone()));
    for writer in writers {
        writer.await.unwrap();
    }
    while queue.stats().messages > 0 {
        assert!(!deliverer.is_finished(), "the deliverer ended");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    deliverer.abort();
    queue.close().await;
    say("DONE");
}

async fn write(queue: Queue, next: Arc<AtomicU64>, to: u64) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= to {
            return;
        }
        // The last is sent again until it is taken: the engine must come round.
        while !send(&queue, seed).await && seed + 1 == to {}
    }
}

/// Whether the message was taken.
async fn send(queue: &Queue, seed: u64) -> bool {
    let accepted = match body(queue, &message(seed, size_of(seed))).await {
        Ok(body) => queue.accept(envelope(recipients_of(seed)), body).await,
        Err(error) => Err(error),
    };
    match accepted {
        Ok(mid) => say(&format!("250 {mid} {seed}")),
        Err(error) => {
            say(&format!("{} {seed}", error.reply().0));
            // As a client that was put off.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    accepted.is_ok()
}

async fn deliver(queue: Queue) {
    let profile = BounceProfile { first_wait: Duration::from_millis(20), ..BounceProfile::default() };
    let terms = Terms { profile, ..terms() };
    loop {
        let jobs = queue.claim(8, |_| 8).await;
        if jobs.is_empty() {
            queue.ready().await;
        }
        for job in jobs {
            attempt(&queue, job, &terms).await;
        }
    }
}

/// Says what a peer would have seen, then settles.
async fn attempt(queue: &Queue, job: Job, terms: &Terms) {
    let bytes = bytes(queue, &job).await;
    let (mid, text) = (job.message.mid, String::from_utf8_lossy(&bytes));
    let subject = text.split("Subject: message ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or("?");
    let mut settlements = Vec::new();
    for waiting in &job.recipients {
        let settlement = match (&job.message.sender, waiting.recipient.address.local()) {
            (ReversePath::Null, _) => {
                say(&format!("REPORT {mid} {subject}"));
                delivered()
            }
            (_, "fail") => Settlement::Failed(trouble(StatusCode::new(5, 1, 1))),
            (_, "later") if waiting.attempts == 0 => Settlement::Deferred(trouble(StatusCode::new(4, 4, 2))),
            _ => {
                let seed: u64 = subject.parse().unwrap_or(u64::MAX);
                let whole = seed < u64::MAX && *bytes == *message(seed, size_of(seed));
                let whole = if whole { "whole" } else { "spoilt" };
                say(&format!("DELIVERED {mid} {} {subject} {whole}", waiting.rid));
                delivered()
            }
        };
        settlements.push((waiting.rid, settlement));
    }
    queue.settle(job, settlements, terms).await;
}

fn delivered() -> Settlement {
    Settlement::Delivered { remote_mta: "mx".into(), reply: "250 ok".into(), dsn: false }
}

fn trouble(status: StatusCode) -> Trouble {
    Trouble { status, sentence: "for a test".into(), remote_mta: None, reply: None }
}
