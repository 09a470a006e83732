//! What linting costs: certificates with all rules per CPU second against `openssl storeutl -text`, which only prints them; one small
//! bundle from start to finish against `openssl verify`; two cores against one; memory for ten thousand files against a thousand.
//! (zlint and pkilint, whose numbers LINT's bars are made of, are no Debian packages and are not run here.)
//!
//!     cargo bench --bench lint
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use measure::{cpu, found, in_turns, quietly, ratio, report, sealpost};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use time::{Duration as Days, OffsetDateTime};

/// Files of a leaf and its issuer each.
const FILES: usize = 1000;

fn main() {
    if !found("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().expect("a scratch folder");
    let folder = folder.path();
    let keys = made_by_openssl(folder);
    memory(folder, &keys);
    make(folder, "many", FILES, &keys);
    certificates(folder);
    cores(folder);
    let (ours, theirs) = in_turns(40, || lint_one(folder), || verify_one(folder));
    report("a bundle of two from start to finish, linted against verified", ours, theirs, 1.0);
}

/// An RSA key for the leaves, as most have, and ECDSA ones for their authorities.
fn made_by_openssl(folder: &Path) -> [KeyPair; 3] {
    let generate = |name: &str, arguments: &[&str]| {
        quietly(Command::new("openssl").current_dir(folder).arg("genpkey").args(arguments).args(["-out", name]));
        let pem = std::fs::read_to_string(folder.join(name)).expect("made by openssl");
        KeyPair::from_pem(&pem).expect("a key")
    };
    let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let rsa = generate("rsa.pem", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    [rsa, generate("issuing.pem", &curve), generate("top.pem", &curve)]
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // A finding that decides ends the run with 1, and a run that fails is not measured.
    params.use_authority_key_identifier_extension = true;
    params
}

/// `count` files of different leaves under one authority, all of them together in `NAME.pem`, and `root.pem`.
fn make(folder: &Path, name: &str, count: usize, [leaf_key, issuing_key, key]: &[KeyPair; 3]) {
    let root = authority("Example Root").self_signed(key).expect("a root");
    let root_issuer = Issuer::new(authority("Example Root"), key);
    let middle = authority("Example Issuing CA").signed_by(issuing_key, &root_issuer).expect("an authority");
    let issuer = Issuer::new(authority("Example Issuing CA"), issuing_key);
    std::fs::write(folder.join("root.pem"), root.pem()).expect("root.pem");
    std::fs::create_dir(folder.join(name)).expect("a folder");
    let mut all = String::new();
    for index in 0..count {
        let host = format!("mx{index}.example.com");
        let mut params = CertificateParams::new([host.clone(), "mail.example.com".to_owned()]).expect("names");
        params.distinguished_name.push(DnType::CommonName, host);
        params.not_before = OffsetDateTime::now_utc() - Days::days(1);
        params.not_after = OffsetDateTime::now_utc() + Days::days(89);
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params.signed_by(leaf_key, &issuer).expect("a leaf");
        let chain = leaf.pem() + &middle.pem();
        std::fs::write(folder.join(format!("{name}/{index:05}.pem")), &chain).expect("a chain");
        all.push_str(&chain);
    }
    std::fs::write(folder.join(format!("{name}.pem")), all).expect("all of them");
}

fn lint(folder: &Path, what: &str) -> Command {
    let mut command = sealpost();
    command.current_dir(folder).args(["lint", what, "--trust", "root.pem", "--fail-on", "error", "--color", "never"]);
    command
}

fn on_one_core(command: &Command) -> Command {
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", "0"]).arg(command.get_program()).args(command.get_args());
    command.get_current_dir().map(|folder| pinned.current_dir(folder));
    pinned
}

fn certificates(folder: &Path) {
    let print = ["storeutl", "-noout", "-text", "-certs", "many.pem"];
    let mut times = [Duration::MAX; 2];
    for _ in 0..7 {
        let ours = cpu(|| quietly(&mut lint(folder, "many")));
        let theirs = cpu(|| quietly(Command::new("openssl").current_dir(folder).args(print)));
        times = [times[0].min(ours), times[1].min(theirs)];
    }
    let count = 2.0 * FILES as f64;
    report("2,000 certificates, linted with all rules against printed", times[0], times[1], 1.0);
    let [ours, theirs] = times.map(|time| (count / time.as_secs_f64()) as u64);
    println!("  {ours} certificates per CPU second, bar 5000; openssl prints {theirs}");
}

fn cores(folder: &Path) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (all, one) =
        in_turns(5, || quietly(&mut lint(folder, "many")), || quietly(&mut on_one_core(&lint(folder, "many"))));
    println!("1,000 files on {cores} cores: {all:.1?}; on one: {one:.1?}; {:.2} times as fast", 1.0 / ratio(all, one));
}

/// The most memory that a run takes, by GNU time.
fn memory(folder: &Path, keys: &[KeyPair; 3]) {
    if !found("/usr/bin/time", "--version") {
        return;
    }
    let peak = |name: &str, count: usize, form: &str| -> u64 {
        if !folder.join(name).exists() {
            make(folder, name, count, keys);
        }
        let command = lint(folder, name);
        let mut measured = Command::new("/usr/bin/time");
        measured
            .current_dir(folder)
            .args(["-f", "%M", "-o", "peak"])
            .arg(command.get_program())
            .args(command.get_args());
        quietly(measured.args(["--format", form]));
        let text = std::fs::read_to_string(folder.join("peak")).expect("written by time");
        text.trim().parse().expect("KiB")
    };
    for form in ["text", "json", "sarif"] {
        let (few, many) = (peak("thousand", 1000, form), peak("ten-thousand", 10_000, form));
        let grown = many as f64 / few as f64;
        let verdict = if grown <= 1.25 { "holds" } else { "MISSED" };
        println!(
            "memory, {form}: 1,000 files {few} KiB, 10,000 files {many} KiB: {grown:.2} times, bar 1.25: {verdict}"
        );
    }
}

fn lint_one(folder: &Path) {
    quietly(&mut lint(folder, "many/00000.pem"));
}

fn verify_one(folder: &Path) {
    let file = "many/00000.pem";
    let arguments = ["verify", "-CAfile", "root.pem", "-untrusted", file, file];
    quietly(Command::new("openssl").current_dir(folder).args(arguments));
}
