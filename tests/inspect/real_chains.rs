//! Chains that public servers really sent between 2016 and 2026, with the roots of their time: nothing breaks on them, and what is
//! right is not called wrong. The corpora are found through `SEALPOST_CORPORA`.

use std::collections::BTreeSet;
use std::process::Command;

use base64::Engine;
use sealpost::formats::pem;
use sealpost::inspect::bytes;
use sealpost::inspect::findings::{Report, inspect};
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::diagnostic::Severity;
use sealpost::model::moment;
use sealpost::trust::link::Link;
use serde_json::Value;

use crate::needs;
use crate::support;

fn corpus() -> Option<Value> {
    let Some(folder) = std::env::var_os("SEALPOST_CORPORA") else {
        // Past the capture of the test runner.
        let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), b"skipped: corpora not found\n");
        return None;
    };
    let file = std::path::Path::new(&folder).join("real-chains.json.xz");
    let run = support::run(Command::new("xz").arg("-dc").arg(file)).code(0);
    Some(run.json())
}

fn der(value: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn lint(certificates: &[Vec<u8>], chain: &Value, roots: &[Link]) -> Report {
    let text: String = certificates.iter().map(|der| pem::encode("CERTIFICATE", der)).collect();
    let at = moment::from_rfc3339(chain["time"].as_str().unwrap()).unwrap();
    let mut question = Question::new(at, Ruleset::named("public-tls").unwrap());
    question.names.push(chain["hostname"].as_str().unwrap().parse().unwrap());
    question.stores.push(Store { label: "corpus".into(), anchors: roots.to_vec() });
    inspect(&bytes::read("x.pem", text.as_bytes()), &question)
}

#[test]
fn whole_chains_of_real_servers_have_no_finding_about_the_chain() {
    needs!("xz");
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    for chain in corpus["chains"].as_array().unwrap() {
        let root = Link::from_der(der(&chain["root"])).unwrap();
        let intermediates = chain["intermediates"].as_array().unwrap().iter().map(der);
        let certificates: Vec<Vec<u8>> = std::iter::once(der(&chain["leaf"])).chain(intermediates).collect();
        let report = lint(&certificates, chain, &[root]);
        let found = report.findings.iter().filter(|finding| finding.rule.starts_with("chain/"));
        wrong.extend(found.map(|finding| format!("{}: {}", chain["hostname"], finding.rule)));
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        wrong.extend(errors.map(|finding| format!("{}: {}", chain["hostname"], finding.message)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Chains that say what must and what may be found, each by the names of rules of which one is enough.
#[test]
fn what_is_wrong_with_known_chains_is_found_and_nothing_else() {
    needs!("xz");
    let Some(corpus) = corpus() else { return };
    let roots = corpus["roots"].as_array().unwrap();
    let roots: Vec<Link> = roots.iter().filter_map(|root| Link::from_der(der(root)).ok()).collect();
    let mut wrong = Vec::new();
    for chain in corpus["wild"].as_array().unwrap() {
        let (name, expected) = (chain["name"].as_str().unwrap(), &chain["expect"]);
        let certificates: Vec<Vec<u8>> = chain["bundle"].as_array().unwrap().iter().map(der).collect();
        let report = lint(&certificates, chain, &roots);
        let found: BTreeSet<&str> = report.findings.iter().map(|finding| short(finding.rule)).collect();
        let musts: Vec<Vec<&str>> = expected["must"].as_array().unwrap().iter().map(words).collect();
        // The certificate names an issuer; that it would be a root nobody trusts is known only to who made it.
        let open_end = |must: &[&str]| {
            must.contains(&"self-signed-leaf")
                && (found.contains("missing-intermediate") || found.contains("unknown-root"))
        };
        // Off the path that holds, an expired certificate is needless.
        let needless = |must: &[&str]| must.contains(&"expired-ca") && found.contains("expired-needless");
        let missed = musts.iter().filter(|must| !must.iter().any(|rule| found.contains(rule)));
        let missed = missed.filter(|must| !open_end(must) && !needless(must));
        wrong.extend(missed.map(|must| format!("{name}: none of {must:?} in {found:?}")));
        let allowed: BTreeSet<&str> =
            musts.into_iter().flatten().chain(words(&expected["may"])).chain(BEYOND).collect();
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let false_errors = errors.filter(|finding| !allowed.contains(short(finding.rule)));
        wrong.extend(false_errors.map(|finding| format!("{name}: {} {}", finding.rule, finding.message)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Findings that the corpus has no word for.
const BEYOND: [&str; 1] = ["expired-needless"];

fn short(rule: &str) -> &str {
    rule.split_once('/').map_or(rule, |(_, name)| name)
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}
