//! A disk that is really full (R4): a file system of 48 MiB in a namespace of its own, where the test program runs again.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::numbers::Mid;
use sealpost::deliver::queue::{AcceptError, Queue, Selection, Settlement};
use sealpost::sys::clock::SystemClock;

use crate::needs;
use crate::spool::{body, bytes, claim, envelope, message, run, terms};
use crate::support::{Bench, run as run_program};

/// Where the small file system is; without it there is none.
const DISK: &str = "SEALPOST_TEST_DISK";

#[test]
fn a_full_disk_refuses_what_is_new_and_delivers_what_it_has() {
    needs!("unshare", "mount");
    let bench = Bench::new();
    let script = "mount -t tmpfs -o size=48m tmpfs \"$SEALPOST_TEST_DISK\" || { echo NO MOUNT; exit 0; }\n\
                  exec \"$0\" --exact disk_full::on_the_small_disk --nocapture --test-threads=1";
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script]).arg(std::env::current_exe().unwrap());
    let done = run_program(command.env(DISK, bench.path("")));
    if done.out.contains("NO MOUNT") || done.err.contains("unshare failed") {
        assert!(std::env::var_os("SEALPOST_REQUIRE_PEERS").is_none(), "no file system can be made here: {}", done.err);
        eprintln!("skipped: no file system can be made here");
        return;
    }
    done.code(0).out_has("FULL AND EMPTY AGAIN");
}

#[test]
fn on_the_small_disk() {
    let Some(disk) = std::env::var_os(DISK).map(PathBuf::from) else { return };
    run(async {
        let spool = disk.join("queue");
        let (queue, _) = Queue::open(&spool, Arc::new(SystemClock::new()), MailLog::nowhere()).unwrap();
        let taken = fill(&queue).await;
        let stats = queue.view().stats().unwrap();
        assert_eq!((stats.messages, stats), (taken.len() as u64, queue.stats()));
        let large = taken.iter().filter(|(_, seed)| size_of(*seed) > 65_536).count();
        assert_eq!(std::fs::read_dir(spool.join("bodies")).unwrap().count(), large, "half of a message was left");
        // Somebody else takes what is left.
        let greedy = disk.join("greedy");
        let all = std::fs::write(&greedy, vec![1; 48 << 20]).unwrap_err();
        assert_eq!(all.kind(), std::io::ErrorKind::StorageFull);
        for (mid, seed) in &taken {
            let listed = queue.view().list(&Selection::message(*mid), Mid(0), 1).unwrap();
            assert_eq!(listed.len(), 1, "{mid} {seed}");
        }
        let settled = tokio::spawn(deliver_all(queue.clone(), taken.len()));
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        std::fs::remove_file(greedy).unwrap();
        let mut seen = settled.await.unwrap();
        seen.sort();
        assert_eq!(seen, taken);
        assert_eq!(queue.stats().messages, 0);
        let again = body(&queue, &message(1, 3_000)).await.unwrap();
        queue.accept(envelope(&["a@one.example"]), again).await.unwrap();
        queue.close().await;
        println!("FULL AND EMPTY AGAIN");
    });
}

fn size_of(seed: u64) -> usize {
    if seed.is_multiple_of(3) { 150_000 } else { 20_000 }
}

/// Puts messages in until the disk is full: what was taken, by MID and seed.
async fn fill(queue: &Queue) -> Vec<(Mid, u64)> {
    let mut taken = Vec::new();
    for seed in 0..10_000 {
        let accepted = match body(queue, &message(seed, size_of(seed))).await {
            Ok(body) => queue.accept(envelope(&["a@one.example"]), body).await,
            Err(error) => Err(error),
        };
        match accepted {
            Ok(mid) => taken.push((mid, seed)),
            Err(error) => {
                assert_eq!((error, error.reply().0), (AcceptError::Full, 452));
                assert!(taken.len() > 10, "{}", taken.len());
                return taken;
            }
        }
    }
    panic!("the disk is never full");
}

async fn deliver_all(queue: Queue, count: usize) -> Vec<(Mid, u64)> {
    let mut seen = Vec::new();
    while seen.len() < count {
        for job in claim(&queue).await {
            let bytes = bytes(&queue, &job).await;
            let text = String::from_utf8_lossy(&bytes);
            let seed: u64 = text["Subject: message ".len()..text.find("\r\n").unwrap()].parse().unwrap();
            assert!(bytes == message(seed, size_of(seed)), "message {seed} is spoilt");
            seen.push((job.message.mid, seed));
            let delivered = Settlement::Delivered { remote_mta: "mx".into(), reply: "250 ok".into(), dsn: false };
            let rid = job.recipients[0].rid;
            queue.settle(job, vec![(rid, delivered)], &terms()).await;
        }
    }
    seen
}
