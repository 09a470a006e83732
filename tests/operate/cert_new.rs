//! `cert new`: what is staged, and what is said about it.

use sealpost::model::certificate::Certificate;

use crate::support::Bench;

fn staged_certificate(bench: &Bench, profile: &str) -> Certificate {
    let pem = bench.read(&format!("home/staged/certificates/{profile}/certificate.pem"));
    Certificate::from_der(pem::parse(pem).unwrap().contents()).unwrap()
}

#[test]
fn key_certificate_and_request_are_staged_and_two_lines_say_so() {
    let bench = Bench::with_home();
    let run = bench.run(["cert", "new", "mx-2026", "--cn", "mx1.example.com", "--san", "IP:192.0.2.1"]).code(0);
    assert_eq!(run.out, "");
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.err);
    assert!(lines[0].starts_with(
        "staged profile mx-2026: self-signed for mx1.example.com, IP:192.0.2.1, ECDSA P-256, valid until "
    ));
    assert_eq!(lines[1], "next: sealpost change commit");
    let certificate = staged_certificate(&bench, "mx-2026");
    assert!(certificate.is_self_signed());
    assert_eq!(certificate.subject().as_str(), "CN=mx1.example.com");
    let request = bench.read("home/staged/certificates/mx-2026/request.pem");
    let request = sealpost::model::request::Request::from_der(pem::parse(request).unwrap().contents()).unwrap();
    assert!(request.signature_status().is_good());
    assert_eq!(request.subject_alt_names(), certificate.subject_alt_names());
    assert_eq!(request.public_key(), certificate.public_key());
}

#[test]
fn days_count_both_ends_and_begin_an_hour_ago() {
    let bench = Bench::with_home();
    let json =
        bench.run(["cert", "new", "mx", "--cn", "mx1.example.com", "--days", "90", "--format", "json"]).code(0).json();
    assert_eq!(json["schema"], "sealpost.cert-new/1");
    let certificate = staged_certificate(&bench, "mx");
    let life = certificate.not_after() - certificate.not_before();
    assert_eq!(life.whole_seconds(), 90 * 86_400 - 1);
    assert_eq!(json["not_after"], sealpost::model::moment::rfc3339(certificate.not_after()));
    assert_eq!(json["sha256"], certificate.sha256().to_string());
    assert_eq!(json["names"], serde_json::json!(["DNS:mx1.example.com"]));
    assert_eq!(json["revision"], serde_json::Value::Null);
}

#[test]
fn a_role_gives_the_name_of_its_interface() {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "in", "--for", "listener:IncomingMail"]).code(0);
    let certificate = staged_certificate(&bench, "in");
    assert_eq!(certificate.dns_names().collect::<Vec<_>>(), ["mx1.example.com"]);
    assert_eq!(certificate.extended_key_usage().unwrap(), ["serverAuth"]);
    bench
        .run(["cert", "new", "out", "--for", "outbound", "--cn", "mail.example.com"])
        .code(0)
        .err_has("warning[name/other-than-role]")
        .err_has("names in the certificate: mail.example.com, mx1.example.com");
    assert_eq!(staged_certificate(&bench, "out").extended_key_usage().unwrap(), ["serverAuth", "clientAuth"]);
    bench.run(["cert", "new", "x", "--for", "smtp"]).code(2).err_has("error[role/unknown]");
    bench.run(["cert", "new", "x", "--for", "https:Nope"]).code(2).err_has("configured: Data 1");
}

#[test]
fn names_that_are_taken_or_reserved_are_refused() {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com"]).code(0);
    let before = bench.read("home/staged/certificates/mx/key.pem");
    bench
        .run(["cert", "new", "mx", "--cn", "mx1.example.com"])
        .code(2)
        .err_has("error[profile/exists]")
        .err_has("mx: certificate for mx1.example.com, ECDSA P-256");
    assert_eq!(bench.read("home/staged/certificates/mx/key.pem"), before);
    bench.run(["cert", "new", "demo", "--cn", "mx1.example.com"]).code(2).err_has("error[profile/demo]");
    bench.run(["cert", "new", "../x", "--cn", "mx1.example.com"]).code(2).err_has("error[profile/name]");
}

#[test]
fn commit_makes_a_revision_at_once() {
    let bench = Bench::with_home();
    bench
        .run(["cert", "new", "mx", "--cn", "mx1.example.com", "--commit", "first"])
        .code(0)
        .err_has("committed revision 2, profile mx: self-signed for mx1.example.com");
    assert!(bench.home().join("running/certificates/mx/key.pem").exists());
}

#[test]
fn every_key_type_makes_a_profile_that_can_be_committed() {
    let bench = Bench::with_home();
    for key_type in ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "rsa-3072", "ed25519"] {
        bench
            .run(["cert", "new", key_type, "--cn", "mx1.example.com", "--key-type", key_type, "--commit", "x"])
            .code(0);
    }
    bench.run(["cert", "new", "x", "--cn", "mx1.example.com", "--key-type", "rsa-1024"]).code(2).err_has("rsa-2048");
}

#[test]
fn without_a_home_the_error_says_how_to_make_one() {
    let bench = Bench::new();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com"]).code(2).err_has("sealpost init");
}
