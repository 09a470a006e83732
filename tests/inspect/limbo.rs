//! x509-limbo, BetterTLS, PKITS, BoringSSL's and OpenSSL's own chains, judged by the program as a whole.
//!
//! The corpora are found through `SEALPOST_CORPORA`. Whatever differs from what a suite expects stands in
//! `known_differences.toml` with its reason; one that stops differing fails the test, so that the file stays true.

use std::collections::BTreeMap;
use std::process::Command;

use crate::needs;
use crate::support;

/// Runs the program over a suite and prints id, expected and given result of each case.
const DRIVER: &str = r#"
import sys
corpora, program, ruleset, suite, bettertls, only = sys.argv[1:7]
sys.path.insert(0, corpora)
import limbo_harness as harness
class A: pass
A.suite, A.bettertls, A.only = suite, bettertls, [only] if only else None
A.skip_feature, A.limit, A.timeout = [], None, 60
cases = harness.cases(A)
given = harness.batch_tool([program, "verify", "--batch", "--ruleset", ruleset], A)(cases)
for case in cases:
    print(case["id"], case["expected_result"], *given.get(case["id"], ("ERROR", "")), sep="\t")
"#;

struct Suite<'a> {
    ruleset: &'a str,
    suite: &'a str,
    bettertls: &'a str,
    only: &'a str,
    /// The table of `known_differences.toml`.
    known: &'a str,
}

#[test]
fn limbo_is_judged_as_its_authors_judge_it() {
    agrees(&Suite { ruleset: "public-tls", suite: "limbo", bettertls: "none", only: "", known: "limbo" });
}

#[test]
fn pkits_boringssl_and_openssl_chains_are_judged_as_their_authors_judge_them() {
    agrees(&Suite { ruleset: "rfc5280", suite: "extra", bettertls: "none", only: "", known: "extra" });
}

#[test]
fn every_bettertls_chain_is_judged_right() {
    let bettertls = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { "full" } else { "sample" };
    agrees(&Suite { ruleset: "rfc5280", suite: "limbo", bettertls, only: "bettertls::*", known: "bettertls" });
}

#[track_caller]
fn agrees(suite: &Suite<'_>) {
    needs!("python3");
    let Some(corpora) = std::env::var_os("SEALPOST_CORPORA") else {
        // Past the capture of the test runner.
        let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), b"skipped: corpora not found\n");
        return;
    };
    let mut command = Command::new("python3");
    command.env("PYTHONDONTWRITEBYTECODE", "1").args(["-c", DRIVER]).arg(corpora).arg(env!("CARGO_BIN_EXE_sealpost"));
    let run = support::run(command.args([suite.ruleset, suite.suite, suite.bettertls, suite.only])).code(0);

    let mut known = known_differences(suite.known);
    let mut unknown = Vec::new();
    let mut cases = 0;
    for line in run.out.lines() {
        let fields: Vec<&str> = line.splitn(4, '\t').collect();
        let [id, expected, given, context] = fields[..] else { panic!("{line}") };
        cases += 1;
        let differs = expected != given;
        if differs != known.remove(id).is_some() {
            unknown.push(format!("{id}: expected {expected}, given {given} ({context})"));
        }
    }
    assert!(cases > 100, "the corpora hold {cases} cases only");
    assert!(unknown.is_empty(), "against {} of known_differences.toml:\n{}", suite.known, unknown.join("\n"));
    assert!(known.is_empty(), "no case of that name: {known:?}");
}

fn known_differences(table: &str) -> BTreeMap<String, String> {
    let text = include_str!("known_differences.toml");
    let document: toml_edit::DocumentMut = text.parse().unwrap();
    let table = document[table].as_table().unwrap();
    let reasons = table.iter().map(|(id, reason)| (id.to_owned(), reason.as_str().unwrap().to_owned()));
    reasons.inspect(|(id, reason)| assert!(!reason.is_empty(), "{id} has no reason")).collect()
}
