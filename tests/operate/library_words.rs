//! Bad input of every kind: the answer names the fault, and never in the words of the library that met it.

use crate::support::{Bench, run, sealpost};

/// Pieces of what the libraries say.
const THEIRS: &[&str] = &[
    "Parsing Error",
    "parsing error",
    "nom::",
    "os error",
    "TOML parse error",
    "expected `",
    "at line 1 column",
    "invalid type:",
    "missing field",
    "unknown field",
    "invalid utf-8 sequence",
    "stream did not contain",
    "InvalidCertificate(",
    "InvalidMessage(",
    "Invalid symbol",
    "Invalid padding",
    "BadDer",
    "Asn1Error",
    "KeyRejected",
    "EOF while parsing",
    "expected value",
    "key must be a string",
    "unexpected end of file",
    "malformed framing",
    "Error {",
    "ASN.1",
    "DER error",
    "TLV",
];

#[track_caller]
fn ours(bench: &Bench, arguments: &[&str]) -> String {
    let run = run(sealpost().current_dir(bench.path("")).env("HOME", bench.path("")).args(arguments));
    let told = format!("{}{}", run.out, run.err);
    assert!(!told.trim().is_empty(), "{arguments:?} says nothing");
    for text in THEIRS {
        assert!(!told.contains(text), "{arguments:?} says `{text}`:\n{told}");
    }
    told
}

/// A certificate, PEM.
const CERTIFICATE: &str = include_str!("../../testdata/inspect/bundle.pem");

fn der(bench: &Bench, name: &str) -> Vec<u8> {
    bench.read(name)
}

#[test]
fn certificates_and_requests_with_any_field_broken() {
    let bench = Bench::new();
    bench.write("bundle.pem", CERTIFICATE);
    ours(&bench, &["convert", "bundle.pem", "--to", "der", "--part", "leaf", "--out", "leaf.der"]);
    let whole = der(&bench, "leaf.der");
    let mut named = std::collections::BTreeSet::new();
    for at in (0..whole.len()).step_by(7) {
        for byte in [0x00, 0x05, 0xff] {
            let mut broken = whole.clone();
            broken[at] = byte;
            bench.write("broken.der", broken);
            let told = ours(&bench, &["show", "broken.der"]);
            named.extend(told.lines().filter_map(|line| line.split("not a certificate: ").nth(1)).map(str::to_owned));
        }
    }
    assert!(named.len() > 3, "{named:?}");
    let request = include_bytes!("../../testdata/inspect/leaf.csr");
    for at in (40..request.len() - 40).step_by(31) {
        let mut broken = request.to_vec();
        broken[at] = if broken[at] == b'A' { b'/' } else { b'A' };
        bench.write("broken.csr", broken);
        ours(&bench, &["show", "broken.csr"]);
    }
}

#[test]
fn files_that_say_how_to_work() {
    let bench = Bench::new();
    bench.write("bundle.pem", CERTIFICATE);
    for toml in [
        "x",
        "x = ",
        "[a",
        "ruleset = 1",
        "nothing = 1",
        "hostname = 7",
        "a = \"b",
        "ruleset = \"x\"\nruleset = \"y\"",
        "\u{feff}a=[",
        "x = \"\\q\"",
    ] {
        bench.write("own.toml", toml);
        std::fs::create_dir_all(bench.path("sub")).unwrap();
        bench.write("sub/.sealpost-lint.toml", toml);
        bench.write("sub/bundle.pem", CERTIFICATE);
        ours(&bench, &["lint", "bundle.pem", "--ruleset", "./own.toml"]);
        ours(&bench, &["lint", "bundle.pem", "--waivers", "own.toml"]);
        ours(&bench, &["lint", "sub/bundle.pem"]);
    }
    for json in ["", "{", "[]", "{\"schema\":1}", "nonsense", "{\"schema\":\"x\"}"] {
        bench.write("base.json", json);
        ours(&bench, &["lint", "bundle.pem", "--baseline", "base.json"]);
    }
    bench.write("text", [0xff, 0xfe, 0x00, 0xd8]);
    ours(&bench, &["lint", "bundle.pem", "--waivers", "text"]);
}

#[test]
fn stores_and_keys_that_are_cut_or_changed() {
    let bench = Bench::new();
    bench.write("pw", "changeit\n");
    for (name, whole) in [
        ("leaf.p12", &include_bytes!("../../testdata/inspect/leaf.p12")[..]),
        ("leaf.jks", include_bytes!("../../testdata/inspect/leaf.jks")),
        ("bundle.p7b", include_bytes!("../../testdata/inspect/bundle.p7b")),
        ("root.crl", include_bytes!("../../testdata/inspect/root.crl")),
        ("leaf.key", include_bytes!("../../testdata/inspect/leaf.key")),
    ] {
        for cut in [1, 5, 30, whole.len() / 2, whole.len() - 1] {
            bench.write(name, &whole[..cut]);
            ours(&bench, &["show", name, "--password-file", "pw"]);
        }
        for at in (0..whole.len()).step_by(97) {
            let mut changed = whole.to_vec();
            changed[at] ^= 0x55;
            bench.write(name, changed);
            ours(&bench, &["show", name, "--password-file", "pw"]);
        }
    }
    for missing in ["nowhere", "nowhere/x", "pw/x"] {
        ours(&bench, &["show", missing]);
        ours(&bench, &["lint", missing]);
    }
}

#[test]
fn a_home_whose_files_were_changed() {
    let bench = Bench::with_home();
    let home = bench.home();
    let revision = std::fs::read_link(home.join("running")).unwrap();
    let folder = home.join(revision);
    let mut seen = 0;
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let Ok(whole) = std::fs::read(&entry) else { continue };
            for broken in [
                &b"x = ["[..],
                b"\xff\xfe",
                b"-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n",
                b"= 1\n",
            ] {
                std::fs::write(&entry, broken).unwrap();
                let told = bench.run(["cert", "list"]);
                let told = format!("{}{}", told.out, told.err);
                for text in THEIRS {
                    assert!(!told.contains(text), "{} says `{text}`:\n{told}", entry.display());
                }
            }
            std::fs::write(&entry, whole).unwrap();
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen}");
}
