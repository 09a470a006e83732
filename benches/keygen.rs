//! Making an RSA 2048 key against `openssl genrsa` in the same run, a process each, as a person meets them.
//!
//!     cargo bench --bench keygen
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::process::Command;

use measure::{found, in_turns, quietly, report};
use sealpost::model::private_key::{KeyType, PrivateKey};

/// Key generation is a lottery, so that many rounds are needed.
const ROUNDS: usize = 60;
/// Makes this program generate one key and leave.
const CHILD: &str = "SEALPOST_BENCH_CHILD";

fn main() {
    if std::env::var_os(CHILD).is_some() {
        PrivateKey::generate(KeyType::Rsa2048).expect("a key");
        return;
    }
    if !found("openssl", "version") {
        return;
    }
    let ourselves = std::env::current_exe().expect("our own path");
    let ours = || quietly(Command::new(&ourselves).env(CHILD, "1"));
    let (ours, theirs) = in_turns(ROUNDS, ours, || quietly(Command::new("openssl").args(["genrsa", "2048"])));
    report("an RSA 2048 key, openssl genrsa", ours, theirs, 1.0);
}
