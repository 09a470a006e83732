//! Certificates linted with all rules per CPU second against `openssl storeutl -text`, which only prints them; and one small bundle
//! from start to finish against `openssl verify`.
//!
//!     cargo bench --bench lint
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::path::Path;
use std::process::Command;

use measure::{found, in_turns, quietly, report, sealpost};

/// Files of one leaf each.
const FILES: usize = 500;

fn main() {
    if !found("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().expect("a scratch folder");
    let folder = folder.path();
    make(folder);
    // One core for both: the bar is held per CPU second.
    let (ours, theirs) = in_turns(7, || lint_all(folder), || print_all(folder));
    report("500 certificates, linted against printed", ours, theirs, 1.0);
    let (ours, theirs) = in_turns(25, || lint_one(folder), || verify_one(folder));
    report("one certificate from start to finish, linted against verified", ours, theirs, 1.0);
}

/// A self-signed certificate, and a folder with copies of it.
fn make(folder: &Path) {
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx1.example.com", "-days", "90"];
    let names = ["-addext", "subjectAltName=DNS:mx1.example.com", "-keyout", "key.pem", "-out", "cert.pem"];
    quietly(Command::new("openssl").current_dir(folder).args(request).args(names));
    let pem = std::fs::read(folder.join("cert.pem")).expect("made by openssl");
    std::fs::create_dir(folder.join("many")).expect("a folder");
    for index in 0..FILES {
        std::fs::write(folder.join(format!("many/{index:04}.pem")), &pem).expect("a copy");
    }
    std::fs::write(folder.join("all.pem"), pem.repeat(FILES)).expect("all.pem");
}

fn lint_all(folder: &Path) {
    let arguments = ["-c", "0", env!("CARGO_BIN_EXE_sealpost"), "lint", "many", "--trust", "cert.pem"];
    quietly(Command::new("taskset").current_dir(folder).args(arguments).args(["--write-baseline", "known.json"]));
}

fn print_all(folder: &Path) {
    let arguments = ["-c", "0", "openssl", "storeutl", "-noout", "-text", "-certs", "all.pem"];
    quietly(Command::new("taskset").current_dir(folder).args(arguments));
}

fn lint_one(folder: &Path) {
    let arguments = ["lint", "cert.pem", "--trust", "cert.pem", "--write-baseline", "known.json"];
    quietly(sealpost().current_dir(folder).args(arguments));
}

fn verify_one(folder: &Path) {
    quietly(Command::new("openssl").current_dir(folder).args(["verify", "-CAfile", "cert.pem", "cert.pem"]));
}
