//! Start to finish of one small command: `sealpost --version` and `cert list` of ten profiles against `openssl version`,
//! and what a profile costs in a long list.
//!
//!     cargo bench --bench startup
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use measure::{found, in_turns, quietly, report, sealpost};

fn main() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let small = home_with(folder.path().join("small").as_path(), 10);
    if found("openssl", "version") {
        let openssl = || quietly(Command::new("openssl").arg("version"));
        let (ours, theirs) = in_turns(200, || quietly(sealpost().arg("--version")), openssl);
        report("sealpost --version, openssl version", ours, theirs, 1.0);
        let (ours, theirs) = in_turns(200, || list(&small), openssl);
        report("cert list of 10 profiles, openssl version", ours, theirs, 1.0);
    }
    cost_per_profile(folder.path());
}

/// Each profile of a list of 10,000 against each of a list of 100, the start of the program taken off both.
fn cost_per_profile(folder: &Path) {
    let hundred = home_with(&folder.join("hundred"), 100);
    let many = home_with(&folder.join("many"), 10_000);
    let (start, _) = in_turns(50, || quietly(sealpost().arg("--version")), || ());
    let (of_hundred, of_many) = in_turns(11, || list(&hundred), || list(&many));
    let each = |total: Duration, count: u32| total.saturating_sub(start) / count;
    report("one profile in a list of 10,000, in a list of 100", each(of_many, 10_000), each(of_hundred, 100), 1.2);
}

fn list(home: &Path) {
    quietly(sealpost().arg("--home").arg(home).args(["cert", "list"]));
}

/// A home whose running revision holds `count` profiles, each with its own files.
fn home_with(home: &Path, count: usize) -> std::path::PathBuf {
    let run = |arguments: &[&str]| quietly(sealpost().arg("--home").arg(home).args(arguments));
    run(&["init", "--hostname", "mx1.example.com"]);
    run(&["cert", "new", "mx-0", "--cn", "mx1.example.com", "--commit", "the first of many"]);
    let profiles = home.join("running/certificates");
    for number in 1..count {
        copy(&profiles.join("mx-0"), &profiles.join(format!("mx-{number}")));
    }
    home.to_owned()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a folder for a profile");
    for file in std::fs::read_dir(from).expect("the first profile").flatten() {
        if file.path().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
        }
    }
}
