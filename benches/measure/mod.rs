//! What every benchmark uses: two things measured in turns in the same run, and their ratio.
#![allow(dead_code)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs both in turns, `rounds` times each, and gives the medians. Turns, because the machine's mood changes.
pub fn in_turns(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (Duration, Duration) {
    ours();
    theirs();
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        times.0.push(timed(&mut ours));
        times.1.push(timed(&mut theirs));
    }
    (median(times.0), median(times.1))
}

/// As `in_turns`, but the shortest of the rounds: for a bar in time, which, unlike a ratio, does not grow with whatever else the
/// machine does.
pub fn shortest_in_turns(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (Duration, Duration) {
    let mut times = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        times.0 = times.0.min(timed(&mut ours));
        times.1 = times.1.min(timed(&mut theirs));
    }
    times
}

/// As `in_turns`, in time of the processor, for work on this thread: others on the machine do not count.
pub fn in_turns_by_processor(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (Duration, Duration) {
    ours();
    theirs();
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        times.0.push(on_processor(&mut ours));
        times.1.push(on_processor(&mut theirs));
    }
    (median(times.0), median(times.1))
}

fn on_processor(work: &mut impl FnMut()) -> Duration {
    let Some(before) = processor_time() else { return timed(work) };
    work();
    processor_time().unwrap_or_default().saturating_sub(before)
}

/// What this thread has had of a processor (schedstat of proc(5), in nanoseconds), where the kernel counts it.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = stat.split(' ').next()?.parse().ok().filter(|count| *count > 0)?;
    Some(Duration::from_nanos(nanoseconds))
}

pub fn timed(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What the processes that `work` starts and waits for take of all cores together, in hundredths of a second.
pub fn cpu(work: impl FnOnce()) -> Duration {
    let before = children();
    work();
    children().saturating_sub(before)
}

/// cutime and cstime of proc(5), counted in hundredths.
fn children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// One line of the report: both times, their ratio, and the bar it is held to.
pub fn report(what: &str, ours: Duration, theirs: Duration, bar: f64) {
    let ratio = ratio(ours, theirs);
    let verdict = if ratio <= bar { "holds" } else { "MISSED" };
    println!("{what}: {ours:.1?} against {theirs:.1?}, ratio {ratio:.2}, bar {bar:.2}: {verdict}");
}

pub fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}

/// The program in its release form.
pub fn sealpost() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sealpost"))
}

/// Runs a command to its end without showing what it says; it has to succeed.
pub fn quietly(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} failed");
}

/// True when the peer can be started.
pub fn found(program: &str, argument: &str) -> bool {
    let found = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        println!("skipped: {program} not found");
    }
    found
}
