//! `lint` and `verify` are two ways to ask one judge: what `verify` refuses under a ruleset, `lint` does not let pass under it.
//!
//! Asked with the chains of x509-limbo, which are found through `SEALPOST_CORPORA`, and with chains that somebody tampered with.

use std::collections::BTreeMap;

use sealpost::inspect::bytes;
use sealpost::inspect::findings;
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::moment;
use sealpost::trust::link::Link;
use sealpost::trust::question::{self, purposes};
use sealpost::trust::reference::Reference;
use sealpost::trust::verdict;

use super::pki::{Party, authority, server};
use crate::lint_oracle::python;
use crate::needs;

/// Prints each chain of a server that asks for nothing but a name and a time, as a line of JSON.
const CASES: &str = r#"
import sys, json
sys.path.insert(0, sys.argv[1])
import limbo_harness as harness
class A: pass
A.suite, A.bettertls, A.only, A.skip_feature, A.limit = "limbo,extra", "sample", None, [], None
for case in harness.cases(A):
    wire = harness.wire(case)
    plain = wire["kind"] == "SERVER" and wire["eku"] in ([], ["serverAuth"]) and wire["max_depth"] is None and not wire["crls"]
    # Thousands of chains that differ in their names alone.
    if plain and wire["time"] and "nameconstraints" not in wire["id"]: print(json.dumps(wire))
"#;

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    trusted: Vec<String>,
    intermediates: Vec<String>,
    peer: String,
    time: String,
    name: Option<Name>,
}

#[derive(serde::Deserialize)]
struct Name {
    value: String,
}

/// The rulesets that let pass nothing that path validation refuses.
const STRICT: [&str; 3] = ["public-tls", "rfc5280", "private-ca"];

#[test]
fn lint_lets_nothing_pass_that_verify_refuses() {
    needs!("python3");
    let Some(cases) = python(CASES) else { return };
    for ruleset in STRICT {
        let (mut laxer, mut refused) = (BTreeMap::new(), 0);
        for line in cases.lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            let Some(faults) = refusal(&case, ruleset) else { continue };
            refused += 1;
            if linted(&case, ruleset) {
                laxer.insert(case.id, faults);
            }
        }
        assert!(refused > 100, "verify refuses {refused} chains only");
        let told: Vec<String> = laxer.iter().map(|(id, faults)| format!("{id}: {faults}")).collect();
        assert!(told.is_empty(), "{ruleset}: lint lets pass {} of {refused}:\n{}", told.len(), told.join("\n"));
    }
}

fn links<'a>(pems: impl IntoIterator<Item = &'a String>) -> Vec<Link> {
    let ders = pems.into_iter().flat_map(|pem| sealpost::formats::pem::blocks(pem.as_bytes()).unwrap());
    ders.filter_map(|(_, der)| Link::from_der(der).ok()).collect()
}

fn names(case: &Case) -> Vec<Reference> {
    case.name.iter().filter_map(|name| name.value.parse().ok()).collect()
}

/// Why `verify` says no.
fn refusal(case: &Case, ruleset: &str) -> Option<String> {
    let Some(leaf) = links([&case.peer]).pop() else { return Some("unreadable".into()) };
    let asked = question::Question {
        at: moment::from_rfc3339(&case.time).unwrap().unix_timestamp(),
        names: names(case),
        purposes: purposes(&["serverAuth"]).unwrap(),
        ruleset: Ruleset::named(ruleset).unwrap().path_rules(),
        ..question::Question::default()
    };
    let verdict = verdict::verify(&asked, &leaf, &links(&case.intermediates), &links(&case.trusted));
    (!verdict.is_valid()).then(|| format!("{:?}", verdict.main_fault()))
}

/// `lint` lets the bundle pass.
fn linted(case: &Case, ruleset: &str) -> bool {
    let mut asked = Question::new(moment::from_rfc3339(&case.time).unwrap(), Ruleset::named(ruleset).unwrap());
    asked.names = names(case);
    asked.stores = vec![Store { label: "trusted".into(), anchors: links(&case.trusted) }];
    let file: String = std::iter::once(&case.peer).chain(&case.intermediates).cloned().collect();
    findings::inspect(&bytes::read(&case.id, file.as_bytes()), &asked).accepted
}

/// Chains with some bytes changed, deep in the fields or at their tags, by seed.
#[test]
fn lint_lets_no_tampered_chain_pass() {
    let at = time::macros::datetime!(2030-06-01 12:00 UTC);
    let (root, middle, leaf) = (Party::new("Root"), Party::new("CA"), Party::new("mx.example.com"));
    let usage = (vec![2, 5, 29, 15], vec![3, 2, 1, 6]);
    let issuer = |subject: &Party, above: &Party| {
        let mut sheet = authority();
        sheet.extensions.push(usage.clone());
        sheet.issue(subject, above)
    };
    let anchor = Link::from_der(issuer(&root, &root).der().to_vec()).unwrap();
    let chain = [server().issue(&leaf, &middle), issuer(&middle, &root)];
    let rounds = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 40_000 } else { 3_000 };
    let (mut refused, mut passed) = (0, Vec::new());
    for seed in 0..rounds {
        let mut ders: Vec<Vec<u8>> = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
        tamper(&mut ders, seed);
        let certificates: Vec<Link> = ders.iter().filter_map(|der| Link::from_der(der.clone()).ok()).collect();
        for ruleset in STRICT {
            let rules = Ruleset::named(ruleset).unwrap();
            let question = question::Question {
                at: at.unix_timestamp(),
                purposes: purposes(&["serverAuth"]).unwrap(),
                ruleset: rules.path_rules(),
                ..question::Question::default()
            };
            let is_refused = match certificates.split_first().filter(|(first, _)| first.der() == ders[0]) {
                None => true,
                Some((leaf, pool)) => !verdict::verify(&question, leaf, pool, std::slice::from_ref(&anchor)).is_valid(),
            };
            if !is_refused {
                continue;
            }
            refused += 1;
            let mut asked = Question::new(at, rules);
            asked.stores = vec![Store { label: "root".into(), anchors: vec![anchor.clone()] }];
            let file: String = ders.iter().map(|der| sealpost::formats::pem::encode("CERTIFICATE", der)).collect();
            let report = findings::inspect(&bytes::read("tampered.pem", file.as_bytes()), &asked);
            if report.accepted {
                passed.push((seed, ruleset));
            }
        }
    }
    assert!(refused > rounds, "only {refused} were refused");
    assert!(passed.is_empty(), "lint lets pass {} of {refused}: {passed:?}", passed.len());
}

/// One or two octets of one certificate, and the same ones for the same seed.
fn tamper(ders: &mut [Vec<u8>], seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % limit
    };
    for _ in 0..3 {
        below(2);
    }
    let which = below(ders.len());
    for _ in 0..=below(2) {
        let at = below(ders[which].len());
        ders[which][at] ^= 1 << below(8);
    }
}
