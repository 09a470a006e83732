//! `convert`: from one form to another and back, without a home and without losing anything.

use crate::cert_export::{Signed, blocks, mode};
use crate::support::authority::Authority;
use crate::support::{Bench, Run, run, run_with, sealpost};

/// Runs `convert` where no home is, and none is needed.
fn convert(bench: &Bench, arguments: &[&str]) -> Run {
    run(sealpost().current_dir(bench.path("")).env("HOME", bench.path("nowhere")).arg("convert").args(arguments))
}

/// `all.pem` with key, leaf and intermediate, and a password in `pw`.
fn packed() -> (Bench, Vec<u8>) {
    let bench = Bench::new();
    let issuing = Authority::root("Example Root").intermediate("Example Issuing");
    let (key, leaf) = issuing.issue("mx1.example.com");
    let all = format!("{key}{leaf}{}", issuing.pem());
    bench.write("all.pem", &all);
    bench.shell("chmod 600 all.pem").code(0);
    bench.write("pw", "correct horse\n");
    (bench, all.into_bytes())
}

#[test]
fn through_every_form_and_back_nothing_is_lost() {
    let (bench, all) = packed();
    let steps: &[&[&str]] = &[
        &["all.pem", "--to", "pkcs12", "--new-password-file", "pw", "--out", "1.p12"],
        &["1.p12", "--password-file", "pw", "--to", "pem", "--out", "2.pem"],
        &["2.pem", "--to", "pkcs12", "--recipe", "legacy", "--new-password-file", "pw", "--out", "3.p12"],
        &[
            "3.p12",
            "--password-file",
            "pw",
            "--to",
            "pem",
            "--part",
            "key",
            "--new-password-file",
            "pw",
            "--out",
            "4.key",
        ],
        &["2.pem", "--to", "pkcs7", "--out", "4.p7b"],
        &["4.p7b", "4.key", "--password-file", "pw", "--to", "pem", "--out", "5.pem"],
        &["5.pem", "--to", "der", "--out", "6.der"],
        &["5.pem", "--to", "pkcs8", "--new-password-file", "pw", "--out", "6.key"],
        &["6.key", "--password-file", "pw", "--to", "der", "--part", "key", "--out", "7.key"],
        &["5.pem", "--to", "pem", "--part", "chain", "--out", "7.pem"],
        &["7.pem", "7.key", "6.der", "--to", "pem", "--out", "8.pem"],
    ];
    for step in steps {
        let run = convert(&bench, step).code(0);
        assert!(run.out.is_empty(), "{step:?}");
        let out = step.last().unwrap();
        run.err_has(&format!("wrote {out}: ")).err_has("read back");
    }
    for file in ["2.pem", "5.pem", "8.pem"] {
        assert_eq!(blocks(&bench.read(file)), blocks(&all), "{file}");
    }
    for (file, permissions) in
        [("1.p12", 0o600), ("5.pem", 0o600), ("7.key", 0o600), ("4.p7b", 0o644), ("6.der", 0o644)]
    {
        assert_eq!(mode(&bench.path(file)), permissions, "{file}");
    }
    assert!(!bench.path("nowhere").exists(), "convert needs no home and makes none");
}

#[test]
fn the_chain_is_put_in_order_on_the_way_and_a_pkcs12_goes_without_its_root() {
    let bench = Bench::new();
    let root = Authority::root("Example Root");
    let issuing = root.intermediate("Example Issuing");
    let (key, leaf) = issuing.issue("mx1.example.com");
    let stranger = Authority::root("Stranger");
    bench.write("pile.pem", format!("{}{}{}{leaf}", root.pem(), stranger.pem(), issuing.pem()));
    bench.write("pw", "x\n");
    bench.write("mail.key", key);
    let run = convert(&bench, &["pile.pem", "--to", "pem", "--format", "json", "--out", "chain.pem"]).code(0);
    let json = run.json();
    assert_eq!(
        json["certificates"],
        serde_json::json!(["CN=mx1.example.com", "CN=Example Issuing", "CN=Example Root"])
    );
    assert!(json["remarks"].to_string().contains("chain/unrelated"), "{json:#}");
    let run = convert(
        &bench,
        &["pile.pem", "mail.key", "--to", "pkcs12", "--new-password-file", "pw", "--out", "a.p12", "--format", "json"],
    );
    assert_eq!(run.code(0).json()["certificates"], serde_json::json!(["CN=mx1.example.com", "CN=Example Issuing"]));
}

#[test]
fn standard_input_is_a_file_and_a_password_file_but_not_both() {
    let (bench, all) = packed();
    let from = |arguments: &[&str], input: &[u8]| {
        run_with(sealpost().current_dir(bench.path("")).arg("convert").args(arguments), input)
    };
    let der = from(&["-", "--to", "der"], &all).code(0);
    assert_eq!(der.raw, blocks(&all).1[1]);
    from(&["-", "--to", "pkcs12", "--new-password-file", "pw", "--out", "a.p12"], &all).code(0);
    let key = ["a.p12", "--password-file", "-", "--to", "pem", "--out", "-"];
    assert_eq!(blocks(&from(&key, b"correct horse\n").code(0).raw), blocks(&all));
    from(&["-", "--password-file", "-", "--to", "pem"], &all).code(2).err_has("error[input/standard-input-twice]");
    from(&["a.p12", "--password-file", "-", "--new-password-file", "-", "--to", "pkcs12", "--out", "b.p12"], b"x\n")
        .code(2)
        .err_has("error[input/standard-input-twice]");
    from(&["-", "-", "--to", "pem"], &all).code(2).err_has("error[input/standard-input-twice]");
    from(&["-", "--to", "pem"], b"").code(2).err_has("error[");
}

#[test]
fn a_wrong_password_is_told_with_the_protection_and_nothing_is_written() {
    let (bench, _) = packed();
    bench.write("wrong", "one\ntwo\n");
    bench.write("several", "one\ncorrect horse\n");
    convert(&bench, &["all.pem", "--to", "pkcs12", "--new-password-file", "pw", "--out", "a.p12"]).code(0);
    convert(&bench, &["a.p12", "--password-file", "wrong", "--to", "pem", "--out", "b.pem"])
        .code(2)
        .err_has("error[password/wrong]: none of the 2 passwords opens `a.p12`")
        .err_has("AES-256-CBC");
    convert(&bench, &["a.p12", "--to", "pem", "--out", "b.pem"])
        .code(2)
        .err_has("error[password/missing]")
        .err_has("--password-file");
    assert!(!bench.path("b.pem").exists());
    convert(&bench, &["a.p12", "--password-file", "several", "--to", "pem", "--out", "b.pem"]).code(0);
    // The password of what is read does not become that of what is written.
    convert(&bench, &["a.p12", "--password-file", "pw", "--to", "pkcs12", "--out", "c.p12"])
        .code(2)
        .err_has("--new-password-file");
    let whole = bench.read("a.p12");
    bench.write("cut.p12", &whole[..whole.len() - 7]);
    convert(&bench, &["cut.p12", "--password-file", "pw", "--to", "pem", "--out", "c.pem"])
        .code(2)
        .err_has(&format!("{}", whole.len() - 7));
    assert!(!bench.path("c.pem").exists() && !bench.path("c.p12").exists());
}

#[test]
fn a_key_of_another_certificate_and_two_keys_are_refused() {
    let bench = Bench::new();
    let issuing = Authority::root("Example Root").intermediate("Example Issuing");
    let (key, leaf) = issuing.issue("mx1.example.com");
    let (other_key, _) = issuing.issue("mx2.example.com");
    bench.write("mixed.pem", format!("{other_key}{leaf}"));
    bench.write("two.pem", format!("{key}{other_key}{leaf}"));
    bench.write("key.pem", &key);
    let to = ["--to", "pem", "--part", "all", "--out", "x.pem"];
    let mismatch = convert(&bench, &[&["mixed.pem"], &to[..]].concat()).code(2).err_has("error[key/mismatch]");
    assert_eq!(mismatch.err.matches("public key").count(), 2, "both sides: {}", mismatch.err);
    convert(&bench, &[&["two.pem"], &to[..]].concat()).code(2).err_has("error[import/several-keys]");
    convert(&bench, &[&["key.pem"], &to[..]].concat()).code(2).err_has("error[export/no-certificate]");
    bench.write("leaf.pem", &leaf);
    convert(&bench, &[&["leaf.pem"], &to[..]].concat()).code(2).err_has("error[export/no-key]");
    assert!(!bench.path("x.pem").exists());
}

#[test]
fn a_bundle_of_authorities_keeps_its_order() {
    let bench = Bench::new();
    let names = ["One", "Two", "Three"];
    let bundle: String = names.iter().map(|name| Authority::root(name).pem().to_owned()).collect();
    bench.write("bundle.pem", &bundle);
    convert(&bench, &["bundle.pem", "--to", "pkcs7", "--out", "bundle.p7b"]).code(0);
    let run = convert(&bench, &["bundle.pem", "--to", "pem"]).code(0);
    assert_eq!(blocks(&run.raw), blocks(bundle.as_bytes()));
    let run = convert(&bench, &["bundle.p7b", "--to", "pem"]).code(0);
    let sorted = |text: &[u8]| {
        let mut all = blocks(text).1;
        all.sort();
        all
    };
    assert_eq!(sorted(&run.raw), sorted(bundle.as_bytes()));
}

#[test]
fn what_an_export_wrote_is_converted_like_any_other_file() {
    let signed = Signed::new();
    signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "mx.p12"]).code(0);
    let run = convert(&signed.bench, &["mx.p12", "--password-file", "pw", "--to", "pem", "--out", "-"]).code(0);
    assert_eq!(blocks(&run.raw).1, [signed.key(), signed.leaf.clone(), signed.issuing.clone()]);
}
