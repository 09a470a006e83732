//! Path verdicts in batch against rustls-webpki, on the same case lines of BetterTLS in the same process: all of them, those that are
//! valid, and those that are not. Both read the JSON line and decode its PEM.
//!
//!     SEALPOST_CORPORA=DIR cargo bench --bench verify
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use sealpost::app::verify_batch::{self, BatchResult};
use sealpost::inspect::ruleset::Ruleset;
use serde::Deserialize;
use time::OffsetDateTime;
use webpki::{EndEntityCert, KeyUsage};

use measure::{found, in_turns_by_processor, ratio, report};

/// Writes a case line for each case, after a word for what is expected.
const DRIVER: &str = r#"
import json, sys
sys.path.insert(0, sys.argv[1])
import limbo_harness as harness
class A: pass
A.suite, A.bettertls, A.only, A.skip_feature, A.limit = "limbo", "full", ["bettertls::*"], [], None
for case in harness.cases(A):
    print(case["expected_result"], json.dumps(harness.wire(case)))
"#;

/// As many verdicts as webpki gives in the time, or nearly.
const BAR: f64 = 1.0 / 0.95;

fn main() {
    let Some(corpora) = std::env::var_os("SEALPOST_CORPORA").filter(|_| found("python3", "--version")) else {
        return println!("skipped: corpora not found");
    };
    let mut python = Command::new("python3");
    let output = python.env("PYTHONDONTWRITEBYTECODE", "1").args(["-c", DRIVER]).arg(corpora).output();
    let lines = String::from_utf8(output.expect("python3").stdout).expect("JSON");
    let cases: Vec<(&str, &str)> = lines.lines().filter_map(|line| line.split_once(' ')).collect();
    for (what, expected) in
        [("all of BetterTLS", ""), ("its valid chains", "SUCCESS"), ("its invalid chains", "FAILURE")]
    {
        let of_kind = cases.iter().filter(|(is, _)| expected.is_empty() || *is == expected);
        let lines: Vec<&str> = of_kind.map(|(_, line)| *line).collect();
        let count = lines.len();
        let (mut ours_yes, mut theirs_yes) = (0, 0);
        let (ours, theirs) = in_turns_by_processor(
            11,
            || ours_yes = lines.iter().filter(|line| ours(line)).count(),
            || theirs_yes = lines.iter().filter(|line| theirs(line)).count(),
        );
        assert_eq!(ours_yes, theirs_yes, "the verdicts differ");
        report(&format!("{what} ({count} cases)"), ours, theirs, BAR);
        let each = |time: Duration| (count as f64 / time.as_secs_f64()) as u64;
        let (ours_each, theirs_each, times) = (each(ours), each(theirs), 1.0 / ratio(ours, theirs));
        println!("  {ours_each} verdicts per CPU second against {theirs_each}: {times:.2} times as many");
    }
}

/// Read once, as a run does.
static RULESET: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::named("rfc5280").expect("a built-in ruleset"));

fn ours(line: &str) -> bool {
    verify_batch::answer(line.as_bytes(), &RULESET, OffsetDateTime::UNIX_EPOCH).result == BatchResult::Success
}

/// What webpki needs of a case.
#[derive(Deserialize)]
struct Case {
    trusted: Vec<String>,
    intermediates: Vec<String>,
    peer: String,
    time_unix: Option<u64>,
    name: Option<Name>,
}

#[derive(Deserialize)]
struct Name {
    value: String,
}

fn theirs(line: &str) -> bool {
    let case: Case = serde_json::from_str(line).expect("a case");
    let peer = CertificateDer::from(der(&case.peer));
    let Ok(leaf) = EndEntityCert::try_from(&peer) else { return false };
    let intermediates: Vec<CertificateDer<'static>> = case.intermediates.iter().map(|pem| der(pem).into()).collect();
    let trusted: Vec<CertificateDer<'static>> = case.trusted.iter().map(|pem| der(pem).into()).collect();
    let anchors: Vec<_> = trusted.iter().filter_map(|root| webpki::anchor_from_trusted_cert(root).ok()).collect();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(case.time_unix.expect("BetterTLS names a time")));
    let algorithms = webpki::ALL_VERIFICATION_ALGS;
    let path = leaf.verify_for_usage(algorithms, &anchors, &intermediates, now, KeyUsage::server_auth(), None, None);
    let name = case.name.map(|name| ServerName::try_from(name.value));
    path.is_ok() && name.is_none_or(|name| name.is_ok_and(|name| leaf.verify_is_valid_for_subject_name(&name).is_ok()))
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).expect("base64")
}
