//! The cases of the rules: `testdata/rules/FAMILY/NAME/*.case`. A case is a file as somebody might have it, an empty line, and what
//! the rule says of it:
//!
//! ```text
//! -----BEGIN CERTIFICATE-----
//! …
//! -----END CERTIFICATE-----
//!
//! at: 2026-06-01T00:00:00Z
//! ruleset: smtp-server
//! hostname: mx1.example.com
//! error certificate 2
//! ```
//!
//! The lines of the form `key: value` ask, those with `tlsa` together as one zone; the others are the findings of the rule, one each:
//! severity, then where (`certificate N`, `line N` or `file`). `passed`, `not applicable` and `not checkable` say that there is none.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use sealpost::formats::pem;
use sealpost::inspect::bytes;
use sealpost::inspect::findings::{self, Report, RuleOutcome};
use sealpost::inspect::question::{Aid, Question, Store, UnusableAid};
use sealpost::inspect::rules;
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::diagnostic::Diagnostic;
use sealpost::model::moment;
use sealpost::model::tlsa::Published;
use sealpost::trust::crl::Crl;
use sealpost::trust::link::Link;

/// The moment of a case that names none.
const AT: &str = "2026-06-01T00:00:00Z";

fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(cases(&path));
        } else if path.extension().is_some_and(|extension| extension == "case") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The id of the rule that a case is about: its two folders.
fn rule_of(path: &Path) -> String {
    let mut folders = path.ancestors().skip(1).filter_map(|folder| folder.file_name()?.to_str());
    let (name, family) = (folders.next().unwrap(), folders.next().unwrap());
    format!("{family}/{name}")
}

struct Case {
    file: Vec<u8>,
    question: Question,
    wanted: String,
}

/// Splits at the last empty line, so that a file may hold empty lines of its own.
fn read(path: &Path) -> Case {
    let bytes = std::fs::read(path).unwrap();
    let split = bytes
        .windows(2)
        .rposition(|pair| pair == b"\n\n")
        .unwrap_or_else(|| panic!("{}: no empty line", path.display()));
    let mut question = Question::new(moment::from_rfc3339(AT).unwrap(), Ruleset::named("public-tls").unwrap());
    let (mut wanted, mut zone) = (String::new(), String::new());
    for line in std::str::from_utf8(&bytes[split + 2..]).unwrap().lines() {
        match line.split_once(": ") {
            Some(("tlsa", line)) => writeln!(zone, "{line}").unwrap(),
            Some((key, value)) => ask(&mut question, key, value, path),
            None => writeln!(wanted, "{line}").unwrap(),
        }
    }
    question.tlsa = (!zone.is_empty()).then(|| Published::parse(&zone));
    Case { file: bytes[..=split].to_vec(), question, wanted }
}

fn ask(question: &mut Question, key: &str, value: &str, path: &Path) {
    match key {
        "at" => question.at = moment::from_rfc3339(value).unwrap(),
        "ruleset" => question.ruleset = Ruleset::named(value).unwrap(),
        "hostname" => question.names.push(value.parse().unwrap()),
        "mx" => question.exchangers.push(value.to_owned()),
        "domain" => question.mail_domains.push(value.to_owned()),
        "mode" => question.file_mode = Some(u32::from_str_radix(value, 8).unwrap()),
        "trust" => question.stores.push(Store { label: value.to_owned(), anchors: links(&path.with_file_name(value)) }),
        "pool" => question.pool = links(&path.with_file_name(value)),
        "unusable" => {
            question.unusable.push(UnusableAid { aid: Aid::Key, error: Diagnostic::error("key/unusable", value) })
        }
        "crl" => {
            let blocks = pem::blocks(&std::fs::read(path.with_file_name(value)).unwrap()).unwrap();
            question.crls.extend(blocks.iter().map(|(_, der)| Crl::from_der(der).unwrap()));
        }
        "key" => {
            let items = bytes::read(value, &std::fs::read(path.with_file_name(value)).unwrap()).items;
            let key = items.into_iter().find_map(|item| match item.kind {
                bytes::Kind::Key(key) => Some(key.public().clone()),
                bytes::Kind::PublicKey(key) => Some(key),
                _ => None,
            });
            question.key = Some((key.unwrap(), value.to_owned()));
        }
        other => panic!("{}: nobody knows `{other}`", path.display()),
    }
}

fn links(path: &Path) -> Vec<Link> {
    let items = bytes::read("case", &std::fs::read(path).unwrap()).items;
    let certificates = items.into_iter().filter_map(|item| match item.kind {
        bytes::Kind::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    certificates.map(|certificate| Link::from_der(certificate.der().to_vec()).unwrap()).collect()
}

/// What the cases of a rule want, without severities and places.
pub fn outcomes(rule: &str) -> BTreeSet<String> {
    let folder = Path::new("testdata/rules").join(rule);
    let wanted = cases(&folder).into_iter().map(|path| read(&path).wanted);
    let told = |line: &str| match line.split(' ').next() {
        Some("error" | "warning" | "note") => "found".to_owned(),
        _ => line.to_owned(),
    };
    wanted.flat_map(|wanted| wanted.lines().map(told).collect::<Vec<_>>()).collect()
}

fn said(report: &Report, rule: &str) -> String {
    let findings: String = report
        .findings
        .iter()
        .filter(|finding| finding.rule == rule)
        .map(|finding| {
            let place = match (&finding.certificate, finding.place.line) {
                (Some(subject), _) => format!("certificate {}", subject.index),
                (None, Some(line)) => format!("line {line}"),
                (None, None) => "file".to_owned(),
            };
            format!("{} {place}\n", finding.severity.as_str())
        })
        .collect();
    let outcome = report.outcomes.iter().find(|(known, _)| known.id == rule).map(|(_, outcome)| outcome);
    match outcome {
        Some(RuleOutcome::Found(_)) => findings,
        Some(RuleOutcome::Passed) => "passed\n".to_owned(),
        Some(RuleOutcome::NotApplicable) => "not applicable\n".to_owned(),
        Some(RuleOutcome::NotCheckable(_)) => "not checkable\n".to_owned(),
        None => "off\n".to_owned(),
    }
}

#[test]
fn every_case_says_what_it_should() {
    let mut wrong = String::new();
    for path in cases(Path::new("testdata/rules")) {
        let rule = rule_of(&path);
        assert!(rules::find(&rule).is_some(), "{}: there is no rule {rule}", path.display());
        let case = read(&path);
        let items = bytes::read(&path.file_name().unwrap().to_string_lossy(), &case.file);
        let told = said(&findings::inspect(&items, &case.question), &rule);
        if told != case.wanted {
            writeln!(wrong, "{}:\n  wanted {:?}\n  told   {told:?}", path.display(), case.wanted).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_a_case_that_fires_and_one_that_stays_silent() {
    let mut wrong = String::new();
    for rule in rules::all() {
        let folder = Path::new("testdata/rules").join(rule.id);
        let cases = if folder.is_dir() { cases(&folder) } else { Vec::new() };
        let fires = |path: &PathBuf| {
            let wanted = read(path).wanted;
            ["error ", "warning ", "note "].iter().any(|severity| wanted.starts_with(severity))
        };
        if !cases.iter().any(fires) || cases.iter().all(fires) {
            writeln!(wrong, "{}: {} cases", rule.id, cases.len()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
