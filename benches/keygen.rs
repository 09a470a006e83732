//! Making an RSA 2048 key, against `openssl genrsa` in the same run: `cargo bench --bench keygen`.
//!
//! Both are measured as a person meets them, a process each, in turn so that a busy machine slows both. The ratio of the
//! medians is the claim: at most 1. Key generation is a lottery, so that many rounds are needed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sealpost::model::private_key::{KeyType, PrivateKey};

const ROUNDS: usize = 60;
/// Makes this program generate one key and leave.
const CHILD: &str = "SEALPOST_BENCH_CHILD";

fn main() {
    if std::env::var_os(CHILD).is_some() {
        PrivateKey::generate(KeyType::Rsa2048).expect("a key");
        return;
    }
    if Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: openssl not found");
        return;
    }
    let ourselves = std::env::current_exe().expect("our own path");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(time(Command::new(&ourselves).env(CHILD, "1")));
        theirs.push(time(Command::new("openssl").args(["genrsa", "2048"])));
    }
    let (ours, theirs) = (Measured::of(ours), Measured::of(theirs));
    println!("RSA 2048, {ROUNDS} keys each, a process per key");
    println!("  sealpost        median {:>8.1?}   mean {:>8.1?}", ours.median, ours.mean);
    println!("  openssl genrsa  median {:>8.1?}   mean {:>8.1?}", theirs.median, theirs.mean);
    println!(
        "  ratio           median {:>7.2}    mean {:>7.2}    (claim: at most 1)",
        ours.median.as_secs_f64() / theirs.median.as_secs_f64(),
        ours.mean.as_secs_f64() / theirs.mean.as_secs_f64()
    );
}

fn time(command: &mut Command) -> Duration {
    let begin = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("run");
    assert!(status.success(), "{command:?}: {status}");
    begin.elapsed()
}

struct Measured {
    median: Duration,
    mean: Duration,
}

impl Measured {
    fn of(mut times: Vec<Duration>) -> Measured {
        times.sort_unstable();
        Measured { median: times[times.len() / 2], mean: times.iter().sum::<Duration>() / times.len() as u32 }
    }
}
