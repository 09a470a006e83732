//! No mail is lost (R1 to R5): the engine is killed, or refused by the disk, at numbered points of its work. What it has promised
//! and what peers have seen is written down outside of it and compared.
//!
//! A point is the n-th system call of a kind, where `strace` sends SIGKILL or makes the call fail; so every point between two
//! effects on the world can be reached, and the program needs no code for it. Short by default; `SEALPOST_LONG_TESTS=1`
//! tries many more points.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::crash_engine::{SEEDS, SPOOL, recipients_of};
use crate::needs;
use crate::spool::Spool;
use crate::support::{Run, run};

/// Calls by which the queue changes the world, with the last that a thread makes of each in a life, more or less: the
/// database, syncs of it and of large messages, their files, and what is said.
const CALLS: [(&str, u64); 5] = [("pwrite64", 900), ("fsync", 80), ("write", 100), ("openat", 9), ("unlinkat", 5)];
/// Messages of one life.
const MESSAGES: u64 = 40;

/// What was promised and what was seen, over all lives of an engine.
#[derive(Default)]
struct Records {
    /// Seeds by MID: answered 250.
    promised: BTreeMap<u64, u64>,
    /// Seeds answered 451 or 452, and not taken later.
    refused: BTreeSet<u64>,
    /// How often a peer saw a recipient of a message, by seed and address.
    seen: BTreeMap<(u64, &'static str), usize>,
    /// How often a report about a message came out.
    reports: BTreeMap<u64, usize>,
    icids: BTreeSet<u64>,
    lives: usize,
}

impl Records {
    /// Reads what one life said. Whether it came to its own end.
    fn add(&mut self, run: &Run, at: &str) -> bool {
        self.lives += 1;
        let mut in_this_life = BTreeSet::new();
        for line in run.out.lines() {
            // The test runner writes in front of the first line.
            let line = line.strip_prefix("test crash_engine::engine ... ").unwrap_or(line);
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["OPENED", _, icid] => assert!(self.icids.insert(icid.parse().unwrap()), "{at}: ICID {icid} again"),
                ["250", mid, seed] => {
                    let again = self.promised.insert(mid.parse().unwrap(), seed.parse().unwrap());
                    assert_eq!(again, None, "{at}: MID {mid} again");
                    self.refused.remove(&seed.parse().unwrap());
                }
                ["451" | "452", seed] => drop(self.refused.insert(seed.parse().unwrap())),
                ["DELIVERED", mid, rid, seed, whole] => {
                    assert_eq!(whole, "whole", "{at}: {line}");
                    assert!(in_this_life.insert((mid, rid)), "{at}: delivered twice by one engine: {line}");
                    let seed = seed.parse().unwrap();
                    *self.seen.entry((seed, recipients_of(seed)[rid.parse::<usize>().unwrap()])).or_default() += 1;
                }
                ["REPORT", _, seed] => *self.reports.entry(seed.parse().unwrap()).or_default() += 1,
                _ => {}
            }
        }
        run.out.contains("DONE")
    }

    /// After an undisturbed life: everything that was promised has come out, and nothing that was refused.
    fn check(&self) {
        for (mid, seed) in &self.promised {
            for address in recipients_of(*seed) {
                let came_out = match address.starts_with("fail@") {
                    true => self.reports.get(seed),
                    false => self.seen.get(&(*seed, *address)),
                };
                let times = came_out.copied().unwrap_or(0);
                assert!(times > 0, "MID {mid} was promised, and {address} of message {seed} never saw it");
                assert!(times <= self.lives, "MID {mid} came out {times} times in {} lives", self.lives);
            }
        }
        let out = self.seen.keys().map(|(seed, _)| seed).chain(self.reports.keys());
        let refused: Vec<_> = out.filter(|seed| self.refused.contains(seed)).collect();
        assert!(refused.is_empty(), "refused and delivered all the same: {refused:?}");
    }
}

/// One life of an engine on `spool` that takes `MESSAGES` messages, the first with this seed, with one thing injected.
fn live(spool: &Path, first: u64, injection: &str) -> Run {
    let mut command = match injection {
        "" => Command::new(std::env::current_exe().unwrap()),
        injection => {
            let mut strace = Command::new("strace");
            strace.args([
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &format!("trace={}", CALLS.map(|(call, _)| call).join(",")),
            ]);
            strace.args(["-e", injection]).arg(std::env::current_exe().unwrap());
            strace
        }
    };
    command.args(["--exact", "crash_engine::engine", "--nocapture", "--test-threads=1"]);
    command.env(SPOOL, spool).env(SEEDS, format!("{first} {}", first + MESSAGES));
    run(&mut command)
}

/// An undisturbed life without new messages: whatever is queued comes out.
fn drain(spool: &Path, records: &mut Records) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash_engine::engine", "--nocapture", "--test-threads=1"]);
    let last = run(command.env(SPOOL, spool).env(SEEDS, "0 0"));
    assert!(records.add(&last, "the last life"), "--- out\n{}\n--- err\n{}", last.out, last.err);
    let left: Vec<_> = std::fs::read_dir(spool.join("bodies")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Points of each kind that are tried.
fn points() -> u64 {
    if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 100 } else { 5 }
}

#[test]
fn killed_at_any_point_nothing_that_was_promised_is_lost() {
    needs!("strace");
    let spool = Spool::new();
    let (mut records, mut killed) = (Records::default(), BTreeMap::new());
    let points = points();
    let all = (0..points).flat_map(|point| CALLS.map(|(call, last)| (call, 1 + (last - 1) * point / (points - 1))));
    for (first, (call, when)) in (0..).step_by(MESSAGES as usize).zip(all) {
        let life = live(&spool.path(), first, &format!("inject={call}:signal=KILL:when={when}"));
        if !records.add(&life, &format!("{call} {when}")) {
            *killed.entry(call).or_insert(0) += 1;
        }
    }
    drain(&spool.path(), &mut records);
    records.check();
    assert!(CALLS.iter().all(|(call, _)| killed.contains_key(call)), "{killed:?}");
    assert!(records.promised.len() > 20, "{} messages were promised", records.promised.len());
}

#[test]
fn a_disk_that_is_full_or_fails_refuses_and_goes_on_when_it_can() {
    needs!("strace");
    // From the n-th call of a thread to the m-th.
    let spells = [
        "pwrite64:error=ENOSPC:when=100..140",
        "pwrite64:error=EIO:when=120..123",
        "fsync:error=EIO:when=5..6",
        "fsync:error=EIO:when=8..9",
        "fsync:error=ENOSPC:when=10",
        "unlinkat:error=EIO:when=1..9",
    ];
    let mut refused = 0;
    for (first, spell) in (0..).step_by(MESSAGES as usize).zip(spells) {
        let (spool, mut records) = (Spool::new(), Records::default());
        drain(&spool.path(), &mut records);
        let life = live(&spool.path(), first, &format!("inject={spell}"));
        assert!(records.add(&life, spell), "{spell}: --- out\n{}\n--- err\n{}", life.out, life.err);
        drain(&spool.path(), &mut records);
        records.check();
        assert_eq!(records.promised.len() + records.refused.len(), MESSAGES as usize, "{spell}");
        refused += records.refused.len();
    }
    assert!(refused > 0, "no disk was refused anything");
}
