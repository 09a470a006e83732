//! A long queue is opened again (R5, R6): the time is told, and the memory does not grow with it.

use std::process::Command;
use std::time::Duration;

use sealpost::deliver::queue::Queue;

use crate::spool::{Spool, body, envelope, message, run};
use crate::support::run as run_program;

/// Where the spool is that the process of its own opens.
const SPOOL: &str = "SEALPOST_TEST_RESTART";

fn length() -> usize {
    if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 100_000 } else { 20_000 }
}

/// Puts `count` messages in, many at a time.
async fn fill(queue: &Queue, count: usize) {
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..count {
        let queue = queue.clone();
        waiting.spawn(async move {
            let body = body(&queue, &message(number as u64, 1_000)).await.unwrap();
            let recipient = format!("u{number}@d{}.example", number % 500);
            queue.accept(envelope(&[&recipient]), body).await.unwrap();
        });
        while waiting.len() > 400 {
            waiting.join_next().await.unwrap().unwrap();
        }
    }
    waiting.join_all().await;
}

#[test]
fn memory_does_not_grow_with_the_queue() {
    run(async {
        let mut peaks = Vec::new();
        for count in [length() / 20, length()] {
            let spool = Spool::new();
            let (queue, _) = spool.open();
            fill(&queue, count).await;
            queue.close().await;
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "restart::opens_and_begins", "--nocapture", "--test-threads=1"]);
            let opened = run_program(command.env(SPOOL, spool.path())).code(0);
            let line = opened.out.lines().find_map(|line| line.strip_prefix("OPENED ")).expect("opened");
            let numbers: Vec<u64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
            let [messages, peak, milliseconds] = numbers[..] else { panic!("{line}") };
            assert_eq!(messages, count as u64);
            eprintln!("{messages} messages: opened in {milliseconds} ms, at most {peak} KiB of memory");
            peaks.push(peak);
        }
        // The caches of SQLite fill up, and the window does; that is all.
        assert!(peaks[1] < peaks[0] + 30_000, "{peaks:?}");
    });
}

/// In a process of its own: opens the queue, and claims and gives back ten thousand jobs.
#[test]
fn opens_and_begins() {
    let Some(path) = std::env::var_os(SPOOL) else { return };
    run(async {
        let spool = Spool::new();
        let (queue, recovery) =
            Queue::open(path.as_ref(), spool.hands.clone(), sealpost::deliver::mail_log::MailLog::nowhere()).unwrap();
        for _ in 0..10 {
            let jobs = queue.claim(1_000, |_| 1_000).await;
            assert!(!jobs.is_empty());
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak = peak.trim().trim_end_matches(" kB");
        println!("\nOPENED {} {peak} {}", recovery.messages, recovery.took.as_millis());
    });
}

#[test]
fn numbers_are_never_given_twice() {
    run(async {
        let spool = Spool::new();
        let mut last = (0, 0, 0);
        for life in 0..4 {
            let (queue, _) = spool.open();
            let first = numbers(&queue).await;
            assert!(first.0 > last.0 && first.1 > last.1 && first.2 > last.2, "life {life}: {first:?} after {last:?}");
            // More than are reserved at once.
            for _ in 0..25_000 {
                last = numbers(&queue).await;
            }
            assert_eq!(last, (first.0 + 25_000, first.1 + 25_000, first.2 + 25_000));
            queue.close().await;
            let (queue, _) = spool.open();
            let next = numbers(&queue).await;
            assert_eq!(next, (last.0 + 1, last.1 + 1, last.2 + 1), "an orderly end loses nothing");
            last = next;
            queue.close().await;
        }
    });
}

/// The next of each, once they are reserved.
async fn numbers(queue: &Queue) -> (u64, u64, u64) {
    let numbers = queue.numbers();
    let mut next = (None, None, None);
    loop {
        next.0 = next.0.or_else(|| numbers.icid().ok());
        next.1 = next.1.or_else(|| numbers.mid().ok());
        next.2 = next.2.or_else(|| numbers.dcid().ok());
        if let (Some(icid), Some(mid), Some(dcid)) = next {
            return (icid.0, mid.0, dcid.0);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
