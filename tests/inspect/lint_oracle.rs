//! The findings of zlint's and pkilint's own tests, and real chains, against ours. The corpora are found through
//! `SEALPOST_CORPORA`.
//!
//! Whatever differs stands in `lint_oracle_differences.toml` with its reason; one that disappears fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sealpost::inspect::bytes;
use sealpost::inspect::findings::{self, Report};
use sealpost::inspect::question::Question;
use sealpost::inspect::rules;
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::diagnostic::Severity;
use sealpost::model::moment;

use crate::needs;
use crate::support;

/// Prints each certificate of the oracle, then the rules that must and must not fire, by the mapping of its scorer.
const EXPECTATIONS: &str = r#"
import sys, json, lzma, collections
sys.path.insert(0, sys.argv[1])
import lint_oracle as o
data = json.loads(lzma.open(sys.argv[1] + "/lint-oracle.json.xz").read())
rule = {l: r for r, ls in o.DEFAULT_MAP.items() for l in ls.split()}
want, ders = collections.defaultdict(dict), {"z:" + f: d for f, d in data["zlint"]["certs"].items()}
for lint, file, said in data["zlint"]["pairs"]:
    r = rule.get(lint)
    if r and said != "NE": want["z:" + file][r] = want["z:" + file].get(r, False) or said in o.FIRE
for case in data["pkilint"]["cases"]:
    key = "p:" + case["file"]
    ders[key] = case["der"]
    got = {o.PKI[x] for s, x in case["findings"] if x in o.PKI}
    narrow = case["type"] in ("pkix", "root_ca")
    want[key] = {r: r in got for r in set(o.PKI.values()) if r in got or not narrow}
for key, rules in want.items():
    if rules: print(key, ders[key], *(("+" if v else "-") + r for r, v in sorted(rules.items())), sep="\t")
"#;

/// Prints the hostname, the time and the certificates of each real chain, and each root alone.
const REAL: &str = r#"
import sys, json, lzma
data = json.loads(lzma.open(sys.argv[1] + "/real-chains.json.xz").read())
for chain in data["chains"]: print("chain", chain["hostname"], chain["time"], chain["leaf"], *chain["intermediates"], sep="\t")
for root in data["roots"]: print("root", "-", "2026-06-01T00:00:00+00:00", root, sep="\t")
for wild in data["wild"]: print("wild", wild["hostname"], wild["time"], *wild["bundle"], sep="\t")
"#;

/// What the program prints with the folder of the corpora as its argument; `None` without corpora.
pub fn python(program: &str) -> Option<String> {
    let Some(corpora) = std::env::var_os("SEALPOST_CORPORA") else {
        // Past the capture of the test runner.
        let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), b"skipped: corpora not found\n");
        return None;
    };
    let mut command = Command::new("python3");
    command.env("PYTHONDONTWRITEBYTECODE", "1").args(["-c", program]).arg(corpora);
    Some(support::run(&mut command).code(0).out)
}

fn question(at: &str) -> Question {
    Question::new(moment::from_rfc3339(at).unwrap(), Ruleset::named("public-tls").unwrap())
}

fn lint(file: &[u8], question: &Question) -> Report {
    findings::inspect(&bytes::read("case", file), question)
}

/// Differences that are known, `rule file` by `rule file`.
fn known() -> BTreeMap<String, String> {
    let document: toml_edit::DocumentMut = include_str!("lint_oracle_differences.toml").parse().unwrap();
    let entries = document["differences"].as_table().unwrap().iter();
    let reasons = entries.map(|(id, reason)| (id.to_owned(), reason.as_str().unwrap().to_owned()));
    reasons.inspect(|(id, reason)| assert!(!reason.is_empty(), "{id} has no reason")).collect()
}

#[test]
fn zlint_and_pkilint_find_what_we_find() {
    needs!("python3");
    let Some(expectations) = python(EXPECTATIONS) else { return };
    let question = question("2026-06-01T00:00:00Z");
    let (mut known, mut unknown) = (known(), Vec::new());
    let mut counts = [[0; 2]; 2];
    for line in expectations.lines() {
        let mut fields = line.split('\t');
        let (file, der) = (fields.next().unwrap(), STANDARD.decode(fields.next().unwrap()).unwrap());
        let report = lint(&der, &question);
        let fired: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule).collect();
        for (sign, rule) in fields.map(|field| field.split_at(1)) {
            assert!(rules::find(rule).is_some(), "there is no rule {rule}");
            let (wanted, has) = (sign == "+", fired.contains(rule));
            counts[usize::from(wanted)][usize::from(wanted == has)] += 1;
            let differs = wanted != has;
            if differs != known.remove(&format!("{rule} {file}")).is_some() {
                let what = if wanted { "missed" } else { "false" };
                unknown.push(if differs {
                    format!("{what} {rule} {file}")
                } else {
                    format!("no longer {rule} {file}")
                });
            }
        }
    }
    let [[alarms, silent], [missed, found]] = counts;
    let told = format!("found {found} of {}, {alarms} false of {}", found + missed, alarms + silent);
    assert!(unknown.is_empty(), "{told}; against lint_oracle_differences.toml:\n{}", unknown.join("\n"));
    assert!(known.is_empty(), "no case of that name: {known:?}");
    assert!(found == 178 && missed == 0 && alarms * 100 <= alarms + silent, "{told}");
}

#[test]
fn real_chains_and_roots_have_no_error_of_their_own() {
    needs!("python3");
    let Some(chains) = python(REAL) else { return };
    let mut wrong = Vec::new();
    for line in chains.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, host, at, ref ders @ ..] = fields[..] else { panic!("{line}") };
        let blocks = ders.iter().map(|der| format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n"));
        let report = lint(blocks.collect::<String>().as_bytes(), &question(at));
        // The chains "in the wild" have faults; they must only be survived.
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error && kind != "wild");
        let ours = errors.filter(|finding| ["cert/", "name/"].iter().any(|family| finding.rule.starts_with(family)));
        // The roots are looked at on one day, and some of them are older.
        let ours = ours.filter(|finding| kind != "root" || finding.rule != "cert/expired-ca");
        wrong.extend(
            ours.map(|finding| format!("{kind} {host}: {}: {} {:?}", finding.rule, finding.message, finding.facts)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
