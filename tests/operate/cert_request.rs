//! `cert request`: the request that leaves, the key that stays, and the order in which the two happen.

use sealpost::model::request::Request;

use crate::support::{Bench, Run};

fn request(pem: &[u8]) -> Request {
    let block = pem::parse(pem).unwrap();
    assert_eq!(block.tag(), "CERTIFICATE REQUEST");
    Request::from_der(block.contents()).unwrap()
}

fn names(request: &Request) -> Vec<String> {
    request.subject_alt_names().iter().map(ToString::to_string).collect()
}

fn make(bench: &Bench, more: &[&str]) -> Run {
    bench.run([&["cert", "request", "mx", "--cn", "mx1.example.com"], more].concat())
}

#[test]
fn the_request_goes_to_standard_output_and_what_to_do_to_standard_error() {
    let bench = Bench::with_home();
    let run = make(&bench, &["--san", "mail.example.com", "--org", "Example GmbH", "--country", "de"]).code(0);
    let made = request(run.out.as_bytes());
    assert!(made.signature_status().is_good());
    assert_eq!(made.subject().as_str(), "CN=mx1.example.com,O=Example GmbH,C=DE");
    assert_eq!(names(&made), ["DNS:mx1.example.com", "DNS:mail.example.com"]);
    assert_eq!(made.extended_key_usage().unwrap(), ["serverAuth"]);
    let run = run
        .err_has("warning[request/uncommitted]")
        .err_has("staged profile mx: request for mx1.example.com, mail.example.com, new ECDSA P-256 key\n")
        .err_has("ask the authority for serverAuth, and for the full chain with its intermediates as PEM or PKCS#7\n");
    assert!(run.err.ends_with("next: sealpost cert import mx signed.pem\n"), "{}", run.err);
    assert_eq!(bench.read("home/staged/certificates/mx/request.pem"), run.raw);
    let record = String::from_utf8(bench.read("home/staged/certificates/mx/profile.toml")).unwrap();
    assert!(record.contains("request_exported = "), "{record}");
    assert!(!bench.home().join("staged/certificates/mx/certificate.pem").exists());
    assert!(!run.out.contains("PRIVATE"));
}

#[test]
fn a_committed_request_is_not_warned_of() {
    let bench = Bench::with_home();
    let run =
        make(&bench, &["--commit", "new certificate"]).code(0).err_has("committed revision 2, profile mx: request for");
    assert!(!run.err.contains("request/uncommitted"), "{}", run.err);
    // The key runs: asking again with it cannot lose it.
    let run = bench.run(["cert", "request", "mx", "--key-from", "mx"]).code(0);
    assert!(!run.err.contains("request/uncommitted"), "{}", run.err);
}

#[test]
fn a_file_is_written_whole_and_never_over_another_unasked() {
    let bench = Bench::with_home();
    bench.write("mx.csr", "precious");
    make(&bench, &["--out", "mx.csr"])
        .code(2)
        .err_has("error[output/exists]: `mx.csr` exists already")
        .err_has("--force");
    assert_eq!(bench.read("mx.csr"), b"precious");
    assert!(
        !bench.home().join("staged/certificates/mx").exists(),
        "the key was staged although the file was in the way"
    );
    let run = make(&bench, &["--out", "mx.csr", "--force"]).code(0).err_has("key, in mx.csr");
    assert_eq!(run.out, "");
    assert_eq!(names(&request(&bench.read("mx.csr"))), ["DNS:mx1.example.com"]);
    make(&bench, &["--force"]).code(2).err_has("--out");
    bench
        .run(["cert", "request", "b", "--cn", "mx1.example.com", "--out", "home"])
        .code(2)
        .err_has("`home` is a directory");
    bench
        .run(["cert", "request", "b", "--cn", "mx1.example.com", "--out", "no/x"])
        .code(2)
        .err_has("output/unwritable");
}

#[test]
fn a_key_is_used_again_only_when_told_so() {
    let bench = Bench::with_home();
    bench
        .run([
            "cert",
            "new",
            "old",
            "--cn",
            "mx1.example.com",
            "--san",
            "b.example.com",
            "--org",
            "Example",
            "--client",
        ])
        .code(0);
    let certificate = bench.read("home/staged/certificates/old/certificate.pem");
    let key = bench.read("home/staged/certificates/old/key.pem");

    bench
        .run(["cert", "request", "old", "--cn", "mx1.example.com"])
        .code(2)
        .err_has("error[profile/exists]")
        .err_has("sealpost cert request old --key-from old");

    // For the same profile: the certificate stays until the answer comes; the names are those of the certificate.
    let run = bench.run(["cert", "request", "old", "--key-from", "old"]).code(0).err_has("ECDSA P-256 key of old");
    let again = request(run.out.as_bytes());
    assert_eq!(names(&again), ["DNS:mx1.example.com", "DNS:b.example.com"]);
    assert_eq!(again.subject().as_str(), "CN=mx1.example.com,O=Example");
    assert_eq!(again.extended_key_usage().unwrap(), ["serverAuth", "clientAuth"]);
    assert_eq!(bench.read("home/staged/certificates/old/certificate.pem"), certificate);
    assert_eq!(bench.read("home/staged/certificates/old/key.pem"), key);

    // For a new profile, with names of its own.
    let run = bench.run(["cert", "request", "new", "--key-from", "old", "--cn", "c.example.com"]).code(0);
    let other = request(run.out.as_bytes());
    assert_eq!(other.public_key(), again.public_key());
    assert_eq!(names(&other), ["DNS:c.example.com"]);
    assert_eq!(bench.read("home/staged/certificates/new/key.pem"), key);

    for (from, code) in [("nope", "profile/unknown"), ("Demo", "profile/demo")] {
        bench.run(["cert", "request", "x", "--key-from", from, "--cn", "mx1.example.com"]).code(2).err_has(code);
    }
    bench
        .run(["cert", "request", "x", "--key-from", "old", "--key-type", "ed25519"])
        .code(2)
        .err_has("cannot be used with");
}

#[test]
fn the_json_holds_the_request_and_no_key() {
    let bench = Bench::with_home();
    let run = make(&bench, &["--out", "mx.csr", "--format", "json", "--key-type", "ecdsa-p384"]).code(0);
    let json = run.json();
    assert_eq!(json["schema"], "sealpost.cert-request/1");
    assert_eq!(json["key"], "ECDSA P-384");
    assert_eq!(json["file"], "mx.csr");
    assert_eq!(json["pem"].as_str().unwrap().as_bytes(), bench.read("mx.csr"));
    let made = request(&bench.read("mx.csr"));
    assert_eq!(json["public_key_sha256"], made.public_key().fingerprint().to_string());
    assert!(!run.out.contains("PRIVATE"));
    let schema = bench.run(["schema", "sealpost.cert-request/1"]).code(0).json();
    assert!(jsonschema::is_valid(&schema, &json), "{json:#}");
}
