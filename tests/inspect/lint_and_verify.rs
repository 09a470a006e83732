//! `lint` and `verify` are two ways to ask one judge: what `verify` refuses under a ruleset, `lint` does not let pass under it.
//!
//! Asked with the chains of x509-limbo, which are found through `SEALPOST_CORPORA`.

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

#[test]
fn lint_lets_nothing_pass_that_verify_refuses() {
    needs!("python3");
    let Some(cases) = python(CASES) else { return };
    for ruleset in ["public-tls", "rfc5280"] {
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
