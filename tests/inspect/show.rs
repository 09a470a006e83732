//! `sealpost show`: what it says about every kind of file, for people and for programs.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::pki::{Party, server};
use crate::needs;
use crate::support::{Bench, Run, run_with};

/// A folder with the files of `testdata/show`, keys readable by their owner only, and two bundles made of them.
fn bench() -> Bench {
    let bench = Bench::new();
    for name in [
        "root.pem",
        "issuing.pem",
        "server.pem",
        "expired.pem",
        "future.pem",
        "server.csr",
        "server.key",
        "encrypted.key",
        "server.p12",
    ] {
        let path = bench.write(name, std::fs::read(testdata(name)).unwrap());
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let join = |names: &[&str]| names.iter().flat_map(|name| bench.read(name)).collect::<Vec<u8>>();
    bench.write("chain.pem", join(&["server.pem", "issuing.pem", "root.pem"]));
    bench.write("mixed.pem", join(&["issuing.pem", "root.pem", "server.pem", "expired.pem", "issuing.pem"]));
    bench.write("password", "secret\n");
    bench
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/show").join(name)
}

/// Compares with the file of that name in `testdata/show`.
#[track_caller]
fn transcript(name: &str, arguments: &[&str]) -> Run {
    let run = bench().run(arguments);
    let told = format!(
        "$ sealpost {}\n{}--- standard error\n{}--- exit {}\n",
        arguments.join(" "),
        run.out,
        run.err,
        run.code
    );
    let told = timeless(&told);
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        std::fs::write(testdata(name), &told).unwrap();
    }
    let wanted = std::fs::read_to_string(testdata(name)).unwrap();
    assert_eq!(told, wanted, "{name}; after a wanted change: UPDATE_TRANSCRIPTS=1 cargo test --test inspect show");
    run
}

/// Every number before ` days` and behind `remaining_days` is replaced: it differs from day to day.
fn timeless(text: &str) -> String {
    let line = |line: &str| {
        if line.contains("\"remaining_days\"") {
            return line.split(':').next().map(|key| format!("{key}: N,\n")).unwrap_or_default();
        }
        let words = line.split(' ').collect::<Vec<_>>();
        let is_count = |at: usize| words.get(at + 1).is_some_and(|next| next.starts_with("days"));
        let words = words.iter().enumerate().map(|(at, word)| match is_count(at) {
            true => word.chars().filter(|c| !c.is_ascii_digit()).collect::<String>() + "N",
            false => (*word).to_owned(),
        });
        words.collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

#[test]
fn a_chain_in_order() {
    transcript("chain.txt", &["show", "chain.pem"]);
}

#[test]
fn a_chain_out_of_order_with_repeats_and_an_old_certificate() {
    let run = transcript("mixed.txt", &["show", "mixed.pem"]);
    let run = run.out_has("found as          [1] [2] [3]").out_has("should be         [3] [1] [2]");
    run.out_has("repeated          [5]").out_has("other servers     [4]");
}

#[test]
fn every_field_and_extension() {
    transcript("full.txt", &["show", "--full", "server.pem"])
        .out_has("status_request (must staple)")
        .out_has("OCSP URI:http://ocsp.example.com/")
        .out_has("0c07756e6b6e6f776e");
}

#[test]
fn a_request_and_its_key() {
    transcript("request.txt", &["show", "server.key", "server.csr"]).out_has("belongs to    [2]");
}

#[test]
fn a_key_says_which_certificate_it_belongs_to() {
    let run = bench().run(["show", "server.key", "root.pem", "expired.pem", "server.pem"]);
    run.code(0).out_has("belongs to    [3], [4]");
    bench().run(["show", "server.key", "root.pem"]).code(0).out_has("belongs to    nothing in these files");
}

#[test]
fn expired_and_future_are_told_in_words_and_colour() {
    let run = transcript("dates.txt", &["show", "expired.pem", "future.pem"]);
    run.out_has("expired: 2001-01-01 to 2001-12-31").out_has("not yet valid: 2097-01-01 (in");
    bench().run(["--color", "always", "show", "expired.pem"]).out_has("\u{1b}[1;31mexpired\u{1b}[0m");
}

#[test]
fn a_locked_file_tells_its_protection_and_opens_with_the_password() {
    let closed = transcript("locked.txt", &["show", "server.p12", "encrypted.key"]);
    closed.code(0).err_has("note[password/missing]");
    transcript("opened.txt", &["show", "--password-file", "password", "server.p12", "encrypted.key"]).code(0);
}

#[test]
fn tlsa_records_have_the_key_of_the_server() {
    let run = bench().run(["show", "--tlsa", "chain.pem", "server.csr", "server.key"]).code(0);
    let records: Vec<&str> = run.out.lines().filter(|line| line.contains(" IN TLSA ")).collect();
    let view = bench().run(["show", "--format", "json", "server.key"]).json();
    let key = view["files"][0]["entries"][0]["key"]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(records, [format!("_25._tcp.mx1.example.com. IN TLSA 3 1 1 {key}")], "one key, one name, one record");
    bench().run(["show", "--tlsa", "server.key"]).out_has(&format!("_25._tcp.NAME. IN TLSA 3 1 1 {key}"));
}

#[test]
fn json_is_what_the_schema_says_and_holds_no_key() {
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string("man/schemas/sealpost.show-1.json").unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let bench = bench();
    bench.write("broken.pem", "-----BEGIN CERTIFICATE-----\nMII\n");
    for files in [
        &["chain.pem"][..],
        &["mixed.pem", "server.key", "server.csr"],
        &["server.p12"],
        &["--password-file", "password", "server.p12"],
        &["broken.pem", "missing.pem", "root.pem"],
    ] {
        let run = bench.run(["show", "--full", "--tlsa", "--format", "json"].iter().chain(files));
        let json = run.json();
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{files:?}: {errors:?}");
        assert!(!run.out.contains("BEGIN") && !run.out.contains("private_key\":"), "{}", run.out);
    }
    let mut wrong = bench.run(["show", "--format", "json", "chain.pem"]).json();
    wrong["files"][0]["entries"][0]["sha256"] = "AB".into();
    assert!(!validator.is_valid(&wrong), "the schema accepts anything");
    transcript("chain.json", &["show", "--format", "json", "chain.pem"]);
}

#[test]
fn nothing_in_a_certificate_commands_the_terminal() {
    let hostile = Party::new("mx1\u{1b}[2J\u{202e}\nerror[forged]: all is well\r");
    let mut sheet = server();
    sheet.names = vec!["mx1.example.com\u{1b}]0;owned\u{7}".into()];
    let certificate = sheet.issue(&hostile, &hostile);
    let bench = Bench::new();
    bench.write("hostile.der", certificate.der());
    for arguments in [&["show", "hostile.der"][..], &["show", "--full", "--tlsa", "hostile.der"]] {
        let run = bench.run(arguments).code(0);
        let all = run.out.clone() + &run.err;
        assert!(all.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{all:?}");
        assert!(all.lines().all(|line| !line.starts_with("error")), "{all}");
        run.out_has("mx1\\u{1b}[2J\\u{202e}\\u{a}error[forged]: all is well\\u{d}");
    }
    bench.run(["show", "--tlsa", "hostile.der"]).out_has("_25._tcp.NAME. IN TLSA 3 1 1");
}

#[test]
fn what_can_be_read_is_shown_before_what_cannot_is_told() {
    let bench = bench();
    let mut cut = bench.read("chain.pem");
    cut.truncate(cut.len() - 100);
    bench.write("cut.pem", cut);
    let run = bench.run(["show", "cut.pem"]).code(2);
    run.out_has("[2] certificate, line")
        .out_has("Example Root CA")
        .err_has("error[pem/malformed]")
        .err_has("cut.pem line");
    let quiet = bench.run(["--quiet", "show", "cut.pem"]).code(2);
    quiet.err_has("error[pem/malformed]");
}

#[test]
fn every_file_that_cannot_be_read_has_its_own_error() {
    let bench = bench();
    std::fs::create_dir(bench.path("folder")).unwrap();
    std::fs::File::create(bench.path("huge")).unwrap().set_len((16 << 20) + 1).unwrap();
    bench.write("empty", "");
    bench.write("noise", [0x80, 1, 2, 3, 0xff, 0, 0, 7]);
    bench.write("page.html", "<!DOCTYPE html><html><body>Your certificate is ready</body></html>");
    for (file, code, words) in [
        ("missing.pem", "input/missing", "there is no file `missing.pem`"),
        ("folder", "input/directory", "`folder` is a directory"),
        ("huge", "input/too-large", "larger than 16 MiB"),
        ("empty", "pem/no-certificate", "empty"),
        ("noise", "pem/no-certificate", "noise"),
        ("page.html", "pem/no-certificate", "HTML"),
    ] {
        let run = bench.run(["show", file, "root.pem"]).code(2);
        let run = run.err_has(&format!("error[{code}]")).err_has(words).out_has("Example Root CA");
        assert!(run.err.contains("help:"), "{}", run.err);
    }
    bench.run(["show", "-", "-"]).code(2).err_has("error[input/standard-input-twice]");
}

#[test]
fn an_unreadable_file_is_told_with_the_reason() {
    let bench = bench();
    std::fs::set_permissions(bench.path("server.pem"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(bench.path("server.pem")).is_ok() {
        return; // Whoever runs the tests may read everything.
    }
    bench.run(["show", "server.pem"]).code(2).err_has("error[input/unreadable]").err_has("ermission denied");
}

#[test]
fn a_key_that_others_can_read_is_warned_of() {
    let bench = bench();
    std::fs::set_permissions(bench.path("server.key"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let run = bench.run(["show", "server.key"]).code(0);
    run.err_has("warning[key/file-mode]").err_has("0640").err_has("chmod 600 server.key");
    std::fs::set_permissions(bench.path("server.p12"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let run = bench.run(["show", "server.p12", "--password-file", "password"]).code(0);
    assert_eq!(run.err, "", "a container is under its own password");
}

#[test]
fn every_signature_that_openssl_makes_is_understood() {
    needs!("openssl");
    let bench = Bench::new();
    for (name, key, options) in [
        ("rsa", "rsa:2048", "-sha256"),
        ("rsa-sha512", "rsa:2048", "-sha512"),
        ("pss", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"),
        ("p256-sha512", "ec -pkeyopt ec_paramgen_curve:P-256", "-sha512"),
        ("p384", "ec -pkeyopt ec_paramgen_curve:P-384", "-sha384"),
        ("p521", "ec -pkeyopt ec_paramgen_curve:P-521", "-sha512"),
        ("ed25519", "ed25519", ""),
    ] {
        let subject = format!("-nodes -keyout {name}.key -newkey {key} -subj /CN={name}.example.com {options}");
        bench
            .shell(&format!("openssl req -x509 -out {name}.pem {subject}; openssl req -new -out {name}.csr {subject}"))
            .code(0);
        bench.run(["show", &format!("{name}.pem")]).code(0).out_has(&format!("{name}.example.com [1], self-signed"));
        bench.run(["show", &format!("{name}.csr")]).out_has("the signature was made with its own key");
    }
}

#[test]
fn a_request_signed_with_another_key_is_told() {
    let bench = bench();
    let mut request = sealpost::formats::pem::blocks(&bench.read("server.csr")).unwrap().remove(0).1;
    let at = request.windows(15).position(|part| part == b"mx1.example.com").unwrap();
    request[at] = b'y';
    bench.write("changed.csr", request);
    bench.run(["show", "changed.csr"]).code(0).out_has("the signature was not made with its own key");
}

#[test]
fn standard_input_is_a_file_too() {
    let bench = bench();
    let run = run_with(bench.sealpost().args(["show", "-"]), &bench.read("chain.pem"));
    run.code(0).out_has("standard input: PEM, 3 certificates");
}
