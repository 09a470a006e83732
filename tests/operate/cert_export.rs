//! `cert export`: every form and part, what is refused, and that nothing is ever half written.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sealpost::formats::pkcs12::{self, Content};
use sealpost::formats::{pem, pkcs7, pkcs8};
use sealpost::model::certificate::Certificate;
use sealpost::model::private_key::PrivateKey;

use crate::support::authority::{Answer, Authority};
use crate::support::{Bench, Run, run};

/// A home with the committed profile `mx`, signed by an intermediate; files `signed.pem` and `issuing.pem` beside it.
pub struct Signed {
    pub bench: Bench,
    pub leaf: Vec<u8>,
    pub issuing: Vec<u8>,
}

impl Signed {
    pub fn new() -> Signed {
        let bench = Bench::with_home();
        bench.run(["cert", "request", "mx", "--cn", "mx1.example.com", "--out", "mx.csr"]).code(0);
        let root = Authority::root("Example Root");
        let issuing = root.intermediate("Example Issuing");
        let request = String::from_utf8(bench.read("mx.csr")).unwrap();
        let leaf = issuing.sign(&request, &Answer::default());
        bench.write("signed.pem", &leaf);
        bench.write("issuing.pem", issuing.pem());
        bench.run(["cert", "import", "mx", "signed.pem", "issuing.pem", "--commit", "x", "--with-pending"]).code(0);
        bench.write("pw", "correct horse\n");
        Signed { leaf: der(&leaf), issuing: der(issuing.pem()), bench }
    }

    pub fn export(&self, arguments: &[&str]) -> Run {
        self.bench.run(["cert", "export", "mx"].iter().chain(arguments))
    }

    /// PKCS#8 of the profile's key.
    pub fn key(&self) -> Vec<u8> {
        der(&String::from_utf8(self.bench.read("home/running/certificates/mx/key.pem")).unwrap())
    }
}

fn der(text: &str) -> Vec<u8> {
    pem::blocks(text.as_bytes()).unwrap().remove(0).1
}

pub fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Labels of the PEM blocks, and their content.
pub fn blocks(text: &[u8]) -> (Vec<String>, Vec<Vec<u8>>) {
    pem::blocks(text).unwrap().into_iter().unzip()
}

/// Nothing lies in the folder that was not there before, hidden files included.
#[track_caller]
fn leaves_nothing<T>(bench: &Bench, work: impl FnOnce() -> T) -> T {
    let list = || bench.shell("find . -path ./home -prune -o -print | sort").code(0).out;
    let before = list();
    let result = work();
    assert_eq!(list(), before);
    result
}

#[test]
fn every_part_as_pem() {
    let signed = Signed::new();
    let (leaf, issuing, key) = (signed.leaf.clone(), signed.issuing.clone(), signed.key());
    let parts = [
        ("fullchain", vec!["CERTIFICATE", "CERTIFICATE"], vec![&leaf, &issuing], 0o644),
        ("leaf", vec!["CERTIFICATE"], vec![&leaf], 0o644),
        ("chain", vec!["CERTIFICATE"], vec![&issuing], 0o644),
        ("key", vec!["PRIVATE KEY"], vec![&key], 0o600),
        ("all", vec!["PRIVATE KEY", "CERTIFICATE", "CERTIFICATE"], vec![&key, &leaf, &issuing], 0o600),
    ];
    for (part, labels, contents, permissions) in parts {
        let out = format!("{part}.pem");
        let run = signed.export(&["--to", "pem", "--part", part, "--out", &out]).code(0);
        assert_eq!(run.out, "", "{part}");
        let (found_labels, found) = blocks(&signed.bench.read(&out));
        assert_eq!(found_labels, labels, "{part}");
        assert_eq!(found.iter().collect::<Vec<_>>(), contents, "{part}");
        assert_eq!(mode(&signed.bench.path(&out)), permissions, "{part}");
    }
    // Without a part it is what a server sends, and without a file standard output has it and nothing else.
    let run = signed.export(&["--to", "pem"]).code(0);
    assert_eq!(run.raw, signed.bench.read("fullchain.pem"));
}

#[test]
fn der_and_pkcs7_and_pkcs8() {
    let signed = Signed::new();
    let bench = &signed.bench;
    assert_eq!(signed.export(&["--to", "der"]).code(0).raw, signed.leaf);
    signed.export(&["--to", "der", "--part", "key", "--out", "key.der"]).code(0).err_has("the key is not encrypted");
    assert_eq!(bench.read("key.der"), signed.key());
    assert_eq!(mode(&bench.path("key.der")), 0o600);

    for (part, wanted) in [("fullchain", 2), ("leaf", 1), ("chain", 1)] {
        let run = signed.export(&["--to", "pkcs7", "--part", part]).code(0);
        let (labels, contents) = blocks(&run.raw);
        assert_eq!(labels, ["PKCS7"], "{part}");
        assert_eq!(pkcs7::certificates(&contents[0]).unwrap().len(), wanted, "{part}");
    }

    signed
        .export(&["--to", "pkcs8", "--password-file", "pw", "--out", "mx.key"])
        .code(0)
        .err_has("PBKDF2-HMAC-SHA-256 (600,000 iterations), AES-256-CBC");
    let (labels, contents) = blocks(&bench.read("mx.key"));
    assert_eq!(labels, ["ENCRYPTED PRIVATE KEY"]);
    assert_eq!(*pkcs8::decrypt(&contents[0], "correct horse").unwrap(), signed.key());
    assert!(pkcs8::decrypt(&contents[0], "correct horse\n").is_err(), "the line end is no part of the password");
    assert_eq!(mode(&bench.path("mx.key")), 0o600);
    // A password given for PEM or DER encrypts the key there too.
    signed.export(&["--to", "pem", "--part", "all", "--password-file", "pw", "--out", "all.pem"]).code(0);
    assert_eq!(blocks(&bench.read("all.pem")).0, ["ENCRYPTED PRIVATE KEY", "CERTIFICATE", "CERTIFICATE"]);
}

#[test]
fn pkcs12_by_every_recipe_under_the_name_that_was_asked_for() {
    let signed = Signed::new();
    let bench = &signed.bench;
    let recipes = [("modern", "AES-256-CBC"), ("legacy", "3DES"), ("pbmac1", "PBMAC1")];
    for (recipe, protection) in recipes {
        let out = format!("{recipe}.p12");
        let mut arguments = vec!["--to", "pkcs12", "--recipe", recipe, "--password-file", "pw", "--out", &out];
        if recipe == "modern" {
            arguments.extend(["--friendly-name", "Eingang Süd"]);
        }
        signed
            .export(&arguments)
            .code(0)
            .err_has("the key and 2 certificates of profile mx, read back")
            .err_has(protection);
        assert_eq!(mode(&bench.path(&out)), 0o600);
        let archive = pkcs12::open(&bench.read(&out), "correct horse").unwrap();
        let name = if recipe == "modern" { "Eingang Süd" } else { "mx" };
        let key = archive.entries.iter().find(|entry| matches!(entry.content, Content::Key(_))).unwrap();
        assert_eq!(key.friendly_name.as_deref(), Some(name), "{recipe}");
        let certificates: Vec<&Vec<u8>> = archive
            .entries
            .iter()
            .filter_map(|entry| match &entry.content {
                Content::Certificate(der) => Some(der),
                _ => None,
            })
            .collect();
        assert_eq!(certificates, [&signed.leaf, &signed.issuing], "{recipe}");
    }
}

#[test]
fn the_json_names_what_is_inside_and_holds_no_key() {
    let signed = Signed::new();
    let run =
        signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "mx.p12", "--format", "json"]).code(0);
    let json = run.json();
    assert_eq!(json["schema"], "sealpost.cert-export/1");
    assert_eq!(json["file"], "mx.p12");
    assert_eq!(json["key"], true);
    assert_eq!(json["certificates"], serde_json::json!(["CN=mx1.example.com", "CN=Example Issuing"]));
    assert!(json["protection"].as_str().unwrap().contains("AES-256-CBC"));
    assert!(!run.out.contains("correct horse") && !run.out.contains("PRIVATE"));
}

#[test]
fn a_key_goes_to_standard_output_only_when_told_so() {
    let signed = Signed::new();
    for form in [
        &["--to", "pem", "--part", "key"][..],
        &["--to", "pkcs12"],
        &["--to", "pkcs8"],
        &["--to", "der", "--part", "key"],
    ] {
        let run = signed.export(&[form, &["--password-file", "pw"]].concat()).code(2);
        assert_eq!(run.out, "");
        run.err_has("error[output/key-to-terminal]").err_has("--out -");
    }
    let run = signed.export(&["--to", "pem", "--part", "key", "--out", "-"]).code(0);
    assert_eq!(blocks(&run.raw).0, ["PRIVATE KEY"]);
    let run = signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "-"]).code(0);
    assert_eq!(pkcs12::open(&run.raw, "correct horse").unwrap().entries.len(), 3);
}

#[test]
fn another_file_is_never_replaced_unasked() {
    let signed = Signed::new();
    let bench = &signed.bench;
    let path = bench.write("mx.p12", "somebody else's");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let arguments = ["--to", "pkcs12", "--password-file", "pw", "--out", "mx.p12"];
    leaves_nothing(bench, || {
        signed
            .export(&arguments)
            .code(2)
            .err_has("error[output/exists]")
            .err_has("--force")
            .err_has("nothing was written")
    });
    assert_eq!(bench.read("mx.p12"), b"somebody else's");
    leaves_nothing(bench, || signed.export(&[&arguments[..], &["--force"]].concat()).code(0));
    assert!(pkcs12::open(&bench.read("mx.p12"), "correct horse").is_ok());
    assert_eq!(mode(&path), 0o600, "the old file's mode must not let others read the key");
    signed.export(&["--to", "pem", "--out", "home", "--force"]).code(2).err_has("error[output/directory]");
    signed.export(&["--to", "pem", "--out", "no/such/x.pem"]).code(2).err_has("error[output/unwritable]");
    // A link that points nowhere is a file, too.
    bench.shell("ln -s elsewhere.pem link.pem").code(0);
    signed.export(&["--to", "pem", "--out", "link.pem"]).code(2).err_has("error[output/exists]");
    assert!(!bench.path("elsewhere.pem").exists());
}

#[test]
fn a_disk_that_is_full_leaves_no_half_of_a_file() {
    let signed = Signed::new();
    let bench = &signed.bench;
    bench.write("mx.pem", "the old one");
    // A limit of one block on the size of a file: what is written is longer.
    let script = |out: &str| {
        let program = env!("CARGO_BIN_EXE_sealpost");
        let home = bench.home();
        format!(
            "trap '' XFSZ; ulimit -f 1; '{program}' --home '{}' cert export mx --to pem --out {out} --force",
            home.display()
        )
    };
    leaves_nothing(bench, || bench.shell(&script("mx.pem")).code(2).err_has("error[output/unwritable]"));
    assert_eq!(bench.read("mx.pem"), b"the old one");
    leaves_nothing(bench, || bench.shell(&script("new.pem")).code(2).err_has("nothing was written"));
    signed.export(&["--to", "pem"]).code(0);
    let full = bench.shell(&format!(
        "'{}' --home '{}' cert export mx --to pem >/dev/full",
        env!("CARGO_BIN_EXE_sealpost"),
        bench.home().display()
    ));
    full.code(2).err_has("error[output/unwritable]");
}

#[test]
fn a_password_is_needed_and_never_empty() {
    let signed = Signed::new();
    let bench = &signed.bench;
    bench.write("empty", "");
    bench.write("blank", "\n\n");
    bench.write("latin1", b"p\xe4ssword\n");
    let export = ["--to", "pkcs12", "--out", "mx.p12"];
    let with = |more: &[&str]| signed.export(&[&export[..], more].concat());
    leaves_nothing(bench, || {
        with(&[]).code(2).err_has("error[password/missing]").err_has("--password-file");
        with(&["--password-file", "empty"]).code(2).err_has("error[password/empty]");
        with(&["--password-file", "blank"]).code(2).err_has("error[password/empty]");
        with(&["--password-file", "latin1"]).code(2).err_has("error[password/not-text]");
        with(&["--password-file", "gone"]).code(2).err_has("error[input/missing]");
        with(&["--password-env", "SEALPOST_TEST_UNSET"]).code(2).err_has("is not set");
        with(&["--password", "secret"]).code(2);
        signed.export(&["--to", "pkcs8", "--out", "mx.key"]).code(2).err_has("error[password/missing]");
    });
    let mut command = bench.sealpost();
    command.args(["cert", "export", "mx"]).args(export).args(["--password-env", "PASSWORD"]);
    run(command.env("PASSWORD", "")).code(2).err_has("is empty");
    run(command.env("PASSWORD", "correct horse")).code(0);
    assert!(pkcs12::open(&bench.read("mx.p12"), "correct horse").is_ok());
    let from_stdin = ["cert", "export", "mx", "--to", "pkcs12", "--out", "stdin.p12", "--password-file", "-"];
    crate::support::run_with(bench.sealpost().args(from_stdin), b"from a pipe\n").code(0);
    assert!(pkcs12::open(&bench.read("stdin.p12"), "from a pipe").is_ok());
}

#[test]
fn parts_that_do_not_fit_or_are_not_there_are_named() {
    let signed = Signed::new();
    let bench = &signed.bench;
    for (form, part) in [("der", "fullchain"), ("pkcs7", "all"), ("pkcs8", "leaf"), ("pkcs12", "key")] {
        signed
            .export(&["--to", form, "--part", part, "--out", "x", "--password-file", "pw"])
            .code(2)
            .err_has("error[output/part]");
    }
    bench.run(["cert", "request", "waiting", "--cn", "mx2.example.com", "--out", "waiting.csr"]).code(0);
    bench.run(["cert", "export", "waiting", "--to", "pem"]).code(2).err_has("error[export/no-certificate]");
    bench.run(["cert", "new", "alone", "--cn", "mx3.example.com"]).code(0);
    bench
        .run(["cert", "export", "alone", "--to", "pem", "--part", "chain"])
        .code(2)
        .err_has("error[export/no-intermediates]");
    bench
        .run(["cert", "export", "alone", "--to", "pem"])
        .code(0)
        .err_has("warning[export/uncommitted]: profile alone is staged and not committed yet");
    bench
        .run(["cert", "export", "nobody", "--to", "pem"])
        .code(2)
        .err_has("error[profile/unknown]")
        .err_has("cert list");
    for part in ["leaf", "key", "all"] {
        bench
            .run(["cert", "export", "Demo", "--to", "pem", "--part", part, "--out", "x"])
            .code(2)
            .err_has("error[profile/demo]");
    }
    assert!(!bench.path("x").exists());
}

#[test]
fn what_was_exported_comes_back_as_the_same_profile() {
    let signed = Signed::new();
    let bench = &signed.bench;
    signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "mx.p12"]).code(0);
    bench.run(["cert", "import", "copy", "mx.p12", "--password-file", "pw", "--commit", "a copy"]).code(0);
    for file in ["certificate.pem", "intermediates.pem", "key.pem"] {
        let both = ["mx", "copy"].map(|name| bench.read(&format!("home/running/certificates/{name}/{file}")));
        assert_eq!(both[0], both[1], "{file}");
    }
    let key = PrivateKey::from_der(&signed.key()).unwrap();
    let leaf = Certificate::from_der(&signed.leaf).unwrap();
    assert_eq!(key.public(), leaf.public_key());
}
