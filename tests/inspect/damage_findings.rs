//! Damage as findings: which rule, at which line, who loses what, and what real programs make of the very same files.

use sealpost::inspect::bytes;
use sealpost::inspect::findings::{Report, inspect};
use sealpost::inspect::question::Question;
use sealpost::inspect::ruleset::Ruleset;
use sealpost::model::diagnostic::Severity;
use sealpost::model::finding::Finding;
use time::macros::datetime;

use crate::material::{blocks, der, file, text};
use crate::needs;
use crate::support::Bench;

/// A way to spoil the bundle, what is said of it, and how many of its three certificates other programs find.
pub struct Row {
    pub damage: &'static str,
    pub bytes: Vec<u8>,
    /// Rule, severity and line of every finding about the form.
    pub said: &'static [&'static str],
    /// What the facts say of others.
    facts: &'static [&'static str],
    /// `openssl storeutl -certs`, `certtool -i`, `keytool -printcert`.
    peers: [usize; 3],
    /// rustls-pki-types and x509-parser, as programs in Rust use them.
    libraries: [usize; 2],
}

fn row(
    damage: &'static str,
    bytes: impl Into<Vec<u8>>,
    said: &'static [&'static str],
    facts: &'static [&'static str],
    peers: [usize; 3],
    libraries: [usize; 2],
) -> Row {
    Row { damage, bytes: bytes.into(), said, facts, peers, libraries }
}

fn labels_and_encoding() -> Vec<Row> {
    let [leaf, intermediate, root] = blocks();
    let bundle = text("bundle.pem");
    let indented: String = bundle.lines().map(|line| format!("    {line}\n")).collect();
    vec![
        row(
            "TRUSTED CERTIFICATE on one",
            text("trusted.pem") + &intermediate + &root,
            &["pem/trusted-label warning 1"],
            &["GnuTLS, Go, rustls and Java refuse the file; OpenSSL reads it"],
            [3, 2, 0],
            [2, 2],
        ),
        row(
            "X509 CERTIFICATE on the leaf",
            leaf.replace("CERTIFICATE", "X509 CERTIFICATE") + &intermediate + &root,
            &["pem/legacy-label note 1"],
            &["GnuTLS, Go and rustls refuse the file; OpenSSL and Java read it"],
            [3, 2, 3],
            [2, 2],
        ),
        row(
            "BOM",
            [b"\xef\xbb\xbf", file("bundle.pem").as_slice()].concat(),
            &["pem/bom warning 1"],
            &["Go, rustls and Java refuse the file; OpenSSL and GnuTLS read it"],
            [3, 3, 0],
            [2, 2],
        ),
        row(
            "END and BEGIN glued",
            leaf.trim_end().to_owned() + intermediate.trim_end() + &root,
            &["pem/glued-blocks warning 11", "pem/glued-blocks warning 21"],
            &[
                "OpenSSL, Go and Java refuse the file; rustls skips the block without a word; GnuTLS reads it",
                "OpenSSL and Java refuse the file; Go loses both blocks without a word; rustls skips the block without a \
                 word; GnuTLS reads it",
            ],
            [0, 3, 0],
            [1, 1],
        ),
        row(
            "CR only",
            bundle.replace('\n', "\r"),
            &["pem/cr-only warning 1"],
            &["OpenSSL and Go refuse the file; GnuTLS, rustls and Java read it"],
            [0, 3, 3],
            [3, 0],
        ),
        row(
            "indented",
            indented,
            &["pem/indented warning 1"],
            &["OpenSSL, Go and rustls refuse the file; GnuTLS reads it"],
            [0, 3, 0],
            [0, 0],
        ),
        row(
            "blank line after each line",
            bundle.replace('\n', "\n\n"),
            &["pem/blank-lines warning 4"],
            &["OpenSSL refuses the file; GnuTLS, Go, rustls and Java read it"],
            [0, 3, 3],
            [3, 3],
        ),
    ]
}

fn losses() -> Vec<Row> {
    let [leaf, intermediate, root] = blocks();
    let bundle = text("bundle.pem");
    let longer = sealpost::formats::pem::encode("CERTIFICATE", &[der(&intermediate), vec![0; 4]].concat());
    vec![
        row(
            r"literal \n",
            bundle.replace('\n', "\\n"),
            &["pem/escaped-newlines error 1"],
            &["OpenSSL, GnuTLS, Go, rustls and Java refuse the file"],
            [0, 0, 0],
            [0, 0],
        ),
        row(
            "last block cut off",
            &bundle.as_bytes()[..bundle.len() - 100],
            &["pem/malformed error 23"],
            &["OpenSSL, GnuTLS, rustls and Java refuse the file; Go skips the block without a word"],
            [2, 0, 0],
            [2, 2],
        ),
        row(
            "4 bytes after the DER",
            leaf + &longer + &root,
            &["pem/malformed error 12"],
            &["GnuTLS and Java refuse the file; Go and rustls serve the damaged block as it is; OpenSSL reads it"],
            [3, 0, 0],
            [3, 3],
        ),
        row(
            "CSR in front",
            text("leaf.csr") + &bundle,
            &["pem/foreign-block note 1"],
            &["GnuTLS and Java refuse the file; OpenSSL, Go and rustls read it"],
            [3, 0, 0],
            [3, 3],
        ),
    ]
}

pub fn rows() -> Vec<Row> {
    labels_and_encoding().into_iter().chain(losses()).collect()
}

fn lint(bytes: &[u8], ruleset: &str) -> Report {
    let at = datetime!(2030-06-01 0:00 UTC);
    inspect(&bytes::read("x.pem", bytes), &Question::new(at, Ruleset::named(ruleset).unwrap()))
}

fn about_the_form(report: &Report) -> Vec<&Finding> {
    let mut found: Vec<_> = report.findings.iter().filter(|finding| finding.rule.starts_with("pem/")).collect();
    found.sort_by_key(|finding| finding.place.line);
    found
}

fn short(finding: &Finding) -> String {
    format!("{} {} {}", finding.rule, finding.severity.as_str(), finding.place.line.unwrap_or_default())
}

#[test]
fn every_damage_is_a_finding_at_its_line_that_says_who_loses_what() {
    for row in rows() {
        let report = lint(&row.bytes, "public-tls");
        let found = about_the_form(&report);
        let said: Vec<String> = found.iter().map(|finding| short(finding)).collect();
        assert_eq!(said, row.said, "{}", row.damage);
        let facts: Vec<&str> = found.iter().flat_map(|finding| &finding.facts).map(String::as_str).collect();
        for fact in row.facts {
            assert!(facts.contains(fact), "{}: {fact:?} is not among {facts:?}", row.damage);
        }
    }
}

#[test]
fn libraries_find_what_the_facts_say() {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use x509_parser::pem::Pem;
    for row in rows() {
        let rustls = CertificateDer::pem_slice_iter(&row.bytes).filter(Result::is_ok).count();
        let is_certificate = |pem: &Pem| pem.label == "CERTIFICATE" && pem.parse_x509().is_ok();
        let blocks = Pem::iter_from_buffer(&row.bytes).map_while(Result::ok);
        assert_eq!([rustls, blocks.filter(is_certificate).count()], row.libraries, "{}", row.damage);
    }
}

#[test]
fn what_was_not_read_is_an_error_whatever_the_ruleset_says_unless_the_operator_does() {
    let bundle = text("bundle.pem");
    let cut = &bundle.as_bytes()[..bundle.len() - 100];
    let at = datetime!(2030-06-01 0:00 UTC);
    let items = bytes::read("x.pem", cut);
    for level in ["off", "note"] {
        let own = format!("base = \"private-ca\"\n[rules]\n\"pem/malformed\" = \"{level}\"\n");
        let mut question = Question::new(at, Ruleset::parse("own", &own).unwrap());
        let report = inspect(&items, &question);
        let malformed = report.findings.iter().find(|finding| finding.rule == "pem/malformed").unwrap();
        assert_eq!((malformed.severity, malformed.decides, report.accepted), (Severity::Error, true, false));
        question.ruleset.set("pem/malformed", Some(level), Some(false)).unwrap();
        let told = inspect(&items, &question).findings;
        let malformed = told.iter().find(|finding| finding.rule == "pem/malformed").map(|finding| finding.severity);
        assert_eq!(malformed, if level == "off" { None } else { Some(Severity::Note) });
    }
}

/// Where a program loses a certificate that we read, a finding names its family; where a program says OK to a file of which
/// something was not read, we do not.
#[test]
fn real_programs_make_of_the_same_files_what_the_findings_say() {
    needs!("openssl", "certtool", "keytool");
    let bench = Bench::new();
    bench.write("root.pem", blocks()[2].as_bytes());
    for row in rows() {
        bench.write("x.pem", &row.bytes);
        let openssl = bench.shell("openssl storeutl -noout -certs x.pem 2>/dev/null | sed -n 's/Total found: //p'");
        let certtool =
            bench.shell("certtool -i --infile x.pem 2>/dev/null | grep -c 'X.509 Certificate Information' || true");
        let keytool =
            bench.shell("keytool -J-Duser.language=en -printcert -file x.pem 2>/dev/null | grep -c '^Owner:' || true");
        let found = [openssl, certtool, keytool].map(|run| run.out.trim().parse::<usize>().unwrap_or_default());
        assert_eq!(found, row.peers, "{}", row.damage);
        let ours = bytes::read("x.pem", &row.bytes).items;
        let read = ours.iter().filter(|item| matches!(item.kind, bytes::Kind::Certificate(_))).count();
        assert!(found.iter().all(|found| *found <= read), "{}: some program reads more than {read}", row.damage);
        if found[0] < read {
            let facts: Vec<String> =
                lint(&row.bytes, "public-tls").findings.into_iter().flat_map(|finding| finding.facts).collect();
            let told = facts.iter().any(|fact| fact.contains("OpenSSL"));
            assert!(told, "{}: nobody says that OpenSSL loses something: {facts:?}", row.damage);
        }
    }
}
