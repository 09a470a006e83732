//! A key, pool, trust anchor or anything else that a file is to be held against, and that cannot be used, is a finding and costs no
//! report; trust that cannot be read trusts nobody.

use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;

use super::pki::{Party, authority, server};
use crate::needs;
use crate::support::{Bench, Run};

const AT: [&str; 4] = ["--at", "2030-06-01T12:00:00Z", "--ruleset", "rfc5280"];

fn text(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect()
}

fn bench() -> Bench {
    let mut ca = authority();
    ca.extensions.push((vec![2, 5, 29, 15], vec![3, 2, 1, 6]));
    let (root, middle, leaf) = (Party::new("Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let bench = Bench::new();
    bench.write("root.pem", text(&[&ca.issue(&root, &root)]));
    bench.write("chain.pem", text(&[&server().issue(&leaf, &middle), &ca.issue(&middle, &root)]));
    bench.write("leaf.key", leaf.key.serialize_pem());
    bench.write("empty", "");
    bench.write("text", "nothing that anybody could use\n");
    bench.write("cut.pem", &text(&[&ca.issue(&root, &root)])[..200]);
    bench
}

fn lint(bench: &Bench, arguments: &[&str]) -> Run {
    bench.run([&["lint", "chain.pem"], arguments, &AT].concat())
}

/// The report is there, the finding too, and the verdict is that of the exit status.
#[track_caller]
fn costs_no_report(run: Run) -> Run {
    let run = run.code(1).out_has("chain.pem: PEM, 2 certificates: fail").out_has("[1] mx1.example.com  ");
    run.out_has("error[input/unusable]").err_has("1 file, 2 certificates")
}

#[test]
fn a_key_of_another_kind_is_named() {
    needs!("openssl");
    let bench = bench();
    let trust = ["--trust", "root.pem"];
    for (make, kind) in [
        ("openssl genrsa -traditional -out k 1024", "RSA 1024"),
        ("openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024 -out k", "RSA 1024"),
        ("openssl genpkey -algorithm ed448 -out k", "Ed448"),
        ("openssl ecparam -name brainpoolP256r1 -genkey -noout -out k", "brainpoolP256r1"),
        ("openssl genpkey -algorithm x25519 -out k", "X25519"),
    ] {
        bench.shell(&format!("{make} 2>&1")).code(0);
        let run = costs_no_report(lint(&bench, &[&["--key", "k"], &trust[..]].concat()));
        let run = run.out_has("whether it is the key of the certificate was not checked");
        assert!(run.out.contains(kind), "{make}: {kind} is not named\n{}", run.out);
    }
    bench.shell("openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret -out k 2>&1").code(0);
    costs_no_report(lint(&bench, &[&["--key", "k"], &trust[..]].concat())).out_has("password");
}

#[test]
fn whatever_it_is_the_report_is_there() {
    let bench = bench();
    for option in ["--key", "--pool", "--crl", "--tlsa", "--mta-sts", "--trust"] {
        for file in ["empty", "text", "cut.pem"] {
            let trust: &[&str] = if option == "--trust" { &[] } else { &["--trust", "root.pem"] };
            let run = costs_no_report(lint(&bench, &[&[option, file], trust].concat()));
            run.out_has(&format!("{option} cannot be used as given")).out_has(file);
            let answer = lint(&bench, &[&[option, file, "--format", "json"], trust].concat()).code(1).json();
            assert_eq!(answer["files"][0]["verdict"], "fail", "{option} {file}");
        }
        let good = match option {
            "--key" => "leaf.key",
            "--pool" | "--trust" => "root.pem",
            _ => continue,
        };
        lint(&bench, &["--trust", "root.pem", option, good]).code(0);
    }
}

#[test]
fn trust_that_cannot_be_read_trusts_nobody() {
    let bench = bench();
    lint(&bench, &["--trust", "none"]).code(0);
    let silent = ["--severity", "input/unusable=off"];
    for file in ["empty", "text", "cut.pem"] {
        costs_no_report(lint(&bench, &["--trust", file])).out_has("error[chain/unknown-root]");
        lint(&bench, &[&["--trust", file], &silent[..]].concat()).code(1).out_has("error[chain/unknown-root]");
    }
    lint(&bench, &["--trust", "gone.pem"]).code(2).out_has("error[chain/unknown-root]");
    // What can be read of several counts.
    costs_no_report(lint(&bench, &["--trust", "root.pem", "--trust", "text"]));
    let mut run = bench.sealpost();
    let run = run.args([&["lint", "chain.pem"], &AT[..]].concat()).env("SSL_CERT_FILE", "/nonexistent");
    crate::support::run(run).code(1).out_has("error[chain/unknown-root]");
}

#[test]
fn a_file_that_is_not_there_is_told_after_everything_else() {
    let bench = bench();
    for option in ["--key", "--pool", "--crl", "--tlsa", "--mta-sts"] {
        let run = lint(&bench, &["--trust", "root.pem", option, "gone"]).code(2);
        let run = run.out_has("chain.pem: PEM, 2 certificates: pass").out_has("[1] mx1.example.com");
        let run = run.err_has("error[input/missing]: there is no file `gone`");
        assert_eq!(run.err.matches("input/missing").count(), 1, "{}", run.err);
    }
    let answer = lint(&bench, &["--trust", "root.pem", "--key", "gone", "--format", "json"]).code(2).json();
    assert_eq!(answer["unread"][0]["file"], "gone");
    assert_eq!(answer["files"][0]["verdict"], "pass");
}

#[test]
fn damage_beside_the_key_does_not_make_it_unusable() {
    let bench = bench();
    let key = String::from_utf8(bench.read("leaf.key")).unwrap();
    bench.write("beside.pem", format!("{key}{}", String::from_utf8(bench.read("cut.pem")).unwrap()));
    lint(&bench, &["--trust", "root.pem", "--key", "beside.pem"]).code(0);
}

/// Which of two certificates to keep was for the key to say.
#[test]
fn nothing_is_thrown_away_because_a_key_cannot_be_used() {
    let bench = bench();
    let (one, two) = (Party::new("mx1.example.com"), Party::new("mx2.example.com"));
    bench.write("two.pem", text(&[&server().issue(&one, &one), &server().issue(&two, &two)]));
    let fix = ["lint", "--fix", "two.pem", "--trust", "root.pem", "--at", "2030-06-01T12:00:00Z"];
    let run = bench.run([&fix[..], &["--key", "text"]].concat()).code(2).err_has("was not mended");
    assert_eq!(run.out, "");
    bench.run(fix).err_has("dropped");
}

#[test]
fn a_finding_about_another_file_marks_no_line_of_this_one() {
    let bench = bench();
    bench.write("records", "; a comment\n_25._tcp.mx1.example.com. IN TLSA nonsense\n");
    let log = lint(&bench, &["--trust", "root.pem", "--tlsa", "records", "--format", "sarif"]).code(1).json();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["ruleId"] == "input/unusable").unwrap();
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "records");
    assert_eq!(place["region"], serde_json::json!({ "startLine": 2 }));
    let github = lint(&bench, &["--trust", "root.pem", "--tlsa", "records", "--format", "github"]).code(1).out;
    assert!(github.contains("::error file=chain.pem,title=input/unusable::"), "{github}");
}
