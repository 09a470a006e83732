//! Writing a PKCS#12 against `openssl pkcs12 -export`, with the same number of rounds.
//!
//!     cargo bench --bench pkcs12
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::path::Path;
use std::process::Command;

use measure::{found, in_turns, quietly, report, sealpost};

fn main() {
    if !found("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().expect("a scratch folder");
    let folder = folder.path();
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx1.example.com"];
    quietly(Command::new("openssl").current_dir(folder).args(request).args(["-keyout", "key.pem", "-out", "cert.pem"]));
    let both = [std::fs::read(folder.join("key.pem")), std::fs::read(folder.join("cert.pem"))];
    std::fs::write(folder.join("both.pem"), both.map(|file| file.expect("made by openssl")).concat())
        .expect("both.pem");
    std::fs::write(folder.join("password"), "correct horse\n").expect("password");
    let (ours, theirs) = in_turns(15, || with_sealpost(folder), || with_openssl(folder));
    report("PKCS#12 with 600,000 rounds for each of its parts", ours, theirs, 1.2);
}

fn with_sealpost(folder: &Path) {
    let arguments = ["convert", "both.pem", "--to", "pkcs12", "--new-password-file", "password", "--out", "ours.p12"];
    quietly(sealpost().current_dir(folder).args(arguments).arg("--force"));
}

fn with_openssl(folder: &Path) {
    let arguments = ["pkcs12", "-export", "-in", "both.pem", "-out", "theirs.p12", "-passout", "file:password"];
    quietly(Command::new("openssl").current_dir(folder).args(arguments).args(["-iter", "600000"]));
}
