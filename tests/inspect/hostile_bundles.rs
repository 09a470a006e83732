//! Bundles made to waste the linter's time: it ends after bounded work, and says what is the matter in findings that can be read.

use sealpost::formats::pem;
use sealpost::inspect::bytes;
use sealpost::inspect::findings::{Report, inspect};
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::certificate::Certificate;
use sealpost::trust::link::Link;

use crate::pki::{NOW, Party, authority, server};

fn bundle<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> Vec<u8> {
    let blocks = certificates.into_iter().map(|certificate| pem::encode("CERTIFICATE", certificate.der()));
    blocks.collect::<String>().into_bytes()
}

fn lint(bytes: &[u8], anchors: &[&Certificate]) -> Report {
    let mut question = Question::new(NOW, Ruleset::named("rfc5280").unwrap());
    let links = anchors.iter().map(|anchor| Link::from_der(anchor.der().to_vec()).unwrap());
    question.stores.push(Store { label: "test".into(), anchors: links.collect() });
    inspect(&bytes::read("x.pem", bytes), &question)
}

fn count(report: &Report, rule: &str) -> usize {
    report.findings.iter().filter(|finding| finding.rule == rule).count()
}

/// A chain of two below a root, and `crowd` behind it.
fn with_crowd(crowd: &[Certificate]) -> Report {
    let (root, middle) = (Party::new("Root"), Party::new("Issuing CA"));
    let leaf = server().issue(&Party::new("mx1.example.com"), &middle);
    let middle_certificate = authority().issue(&middle, &root);
    let root_certificate = authority().issue(&root, &root);
    let all = [&leaf, &middle_certificate].into_iter().chain(crowd);
    lint(&bundle(all), &[&root_certificate])
}

#[test]
fn fifty_thousand_certificates_in_a_file_are_one_clear_finding_and_a_hundred_examples() {
    // The same hundred over and over: copies are as much to read as others, and quicker to make.
    let party = Party::new("Stranger");
    let strangers: Vec<Certificate> =
        (0..100).map(|serial| authority().serial(serial + 1).issue(&party, &party)).collect();
    let crowd: Vec<Certificate> = strangers.iter().cycle().take(50_000).cloned().collect();
    let report = with_crowd(&crowd);
    assert_eq!(count(&report, "chain/too-long"), 1);
    assert_eq!(count(&report, "chain/missing-intermediate"), 0);
    assert!(count(&report, "chain/unrelated") <= 101, "{}", count(&report, "chain/unrelated"));
    assert!(count(&report, "chain/duplicate") <= 101, "{}", count(&report, "chain/duplicate"));
}

#[test]
fn thousands_of_server_certificates_are_summed_up() {
    let (party, issuer) = (Party::new("mx1.example.com"), Party::new("Other CA"));
    let crowd: Vec<Certificate> = (0..2000).map(|serial| server().serial(serial + 2).issue(&party, &issuer)).collect();
    let report = with_crowd(&crowd);
    assert_eq!(count(&report, "chain/multiple-leaves"), 101);
    let summed = report
        .findings
        .iter()
        .find(|finding| {
            finding.rule == "chain/multiple-leaves" && finding.message.contains("more findings of this kind")
        })
        .unwrap();
    assert!(summed.message.starts_with("1900 more"), "{}", summed.message);
}

#[test]
fn ten_thousand_names_in_one_certificate() {
    let (root, leaf) = (Party::new("Root"), Party::new("mx1.example.com"));
    let mut names = server();
    names.names = (0..10_000).map(|number| format!("a{number}.example.com")).collect();
    let certificate = names.issue(&leaf, &root);
    let root_certificate = authority().issue(&root, &root);
    let report = lint(&bundle([&certificate, &root_certificate]), &[&root_certificate]);
    assert_eq!(count(&report, "chain/too-long"), 1);
    assert!(report.findings.len() < 1000, "{} findings", report.findings.len());
    let longest = report.findings.iter().flat_map(|finding| &finding.facts).map(String::len).max();
    assert!(longest.is_some_and(|length| length < 10_000), "a fact of {longest:?} bytes");
}

#[test]
fn everybody_signed_everybody_and_nobody_is_trusted() {
    let parties: Vec<Party> = (0..12).map(|number| Party::new(format!("CA {number}").leak())).collect();
    let mut crowd = vec![server().issue(&Party::new("mx1.example.com"), &parties[0])];
    for issuer in &parties {
        let others = parties.iter().filter(|subject| subject.name != issuer.name);
        crowd.extend(others.map(|subject| authority().issue(subject, issuer)));
    }
    let stranger = Party::new("Root");
    let report = lint(&bundle(&crowd), &[&authority().issue(&stranger, &stranger)]);
    assert!(!report.accepted);
    assert_eq!(count(&report, "chain/too-complex"), 1, "{:#?}", report.findings);
    assert!(report.findings.len() < 1000, "{} findings", report.findings.len());
}

#[test]
fn a_name_of_a_megabyte_is_told_by_its_beginning() {
    let (root, middle) = (Party::new("Root"), Party::new("Issuing CA"));
    let huge = Party::new("x".repeat(1 << 20).leak());
    let leaf = server().issue(&Party::new("mx1.example.com"), &middle);
    let strangers: Vec<Certificate> =
        (0..20).map(|serial| authority().serial(serial + 1).issue(&huge, &huge)).collect();
    let middle_certificate = authority().issue(&middle, &root);
    let root_certificate = authority().issue(&root, &root);
    let report = lint(&bundle([&leaf, &middle_certificate].into_iter().chain(&strangers)), &[&root_certificate]);
    assert!(count(&report, "chain/unrelated") >= 20);
    let told: usize = report.findings.iter().map(|finding| format!("{finding:?}").len()).sum();
    assert!(told < 20_000 * report.findings.len(), "{told} bytes in {} findings", report.findings.len());
    let own = lint(&bundle([&server().issue(&huge, &root), &root_certificate]), &[&root_certificate]);
    let longest = own.findings.iter().map(|finding| format!("{finding:?}").len()).max();
    assert!(longest.is_some_and(|longest| longest < 20_000), "a finding of {longest:?} bytes");
}
