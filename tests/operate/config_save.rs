//! `config save` and `config load`: what goes into the file, what comes back, and files that are not what they were.

use crate::cert_export::{Signed, mode};
use crate::support::authority::Authority;
use crate::support::{Bench, Run};

/// A home with the committed profile `mx`, a custom authority and a secret in its configuration.
fn gateway() -> Signed {
    let signed = Signed::new();
    let bench = &signed.bench;
    let text = String::from_utf8(bench.read("home/running/sealpost.toml")).unwrap();
    std::fs::write(bench.path("home/staged/sealpost.toml"), format!("{text}\n{SECRET}")).unwrap();
    std::fs::create_dir_all(bench.path("home/staged/authorities")).unwrap();
    bench.write("home/staged/authorities/custom.pem", Authority::root("Our Root").pem());
    bench.run(["change", "commit", "a secret and an authority"]).code(0);
    signed
}

const SECRET: &str = "[bounce-verification]\nkeys = [\"tag-me-2026\"] # ours\n";

/// Everything of the running revision, and of the staged edits.
fn content(bench: &Bench) -> String {
    let script = "cd home && for d in running staged; do echo $d; (cd -P $d && find -L . -type f ! -name commit.toml ! -name base \
                  -exec sha256sum {} + | sort -k2); done";
    bench.shell(script).code(0).out
}

fn running(bench: &Bench) -> String {
    content(bench).split("staged").next().unwrap().to_owned()
}

#[track_caller]
fn refused(bench: &Bench, arguments: &[&str], code: &str) -> Run {
    let before = content(bench);
    let run = bench.run(["config", "load"].iter().chain(arguments)).code(2).err_has(&format!("error[{code}]"));
    assert_eq!(content(bench), before, "a refused load changed something");
    run
}

#[test]
fn what_is_saved_plain_comes_back_file_by_file() {
    let signed = gateway();
    let bench = &signed.bench;
    let before = running(bench);
    bench.run(["config", "save", "--plain", "--out", "all.conf"]).code(0).err_has("private keys are in it");
    assert_eq!(mode(&bench.path("all.conf")), 0o600);
    bench.run(["config", "load", "all.conf"]).code(0).err_has("nothing to do");
    // Something of every kind is lost, and something new is there.
    bench.run(["cert", "remove", "mx", "--commit", "x"]).code(0);
    bench.run(["cert", "new", "lab", "--cn", "mx2.example.com", "--commit", "x"]).code(0);
    let text = String::from_utf8(bench.read("home/running/sealpost.toml")).unwrap();
    std::fs::write(bench.path("home/staged/sealpost.toml"), text.replace("tag-me-2026", "tag-me-2027")).unwrap();
    std::fs::remove_file(bench.path("home/staged/authorities/custom.pem")).unwrap();
    bench.run(["change", "commit", "x"]).code(0);
    let run = bench.run(["config", "load", "all.conf"]).code(0);
    let run = run.err_has("sealpost.toml, custom authorities, 1 profile put, 1 profile removed");
    run.err_has("next: sealpost change show");
    bench.run(["change", "show"]).code(0).out_has("+keys = [\"secret 2\"] # ours").out_has("profile mx");
    assert_ne!(running(bench), before, "loading alone changes nothing that runs");
    bench.run(["change", "commit", "restored"]).code(0);
    assert_eq!(running(bench), before);
}

#[test]
fn a_file_moves_everything_to_another_home() {
    let signed = gateway();
    let bench = &signed.bench;
    bench.run(["config", "save", "--encrypt", "--password-file", "pw", "--out", "all.age"]).code(0).err_has("age");
    let sealed = String::from_utf8(bench.read("all.age")).unwrap();
    assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"), "{sealed}");
    assert_eq!(mode(&bench.path("all.age")), 0o600);
    let other = Bench::new();
    other.run(["init", "--hostname", "other.example.com"]).code(0);
    other.write("all.age", &sealed);
    other.write("pw", "correct horse\n");
    let json =
        other.run(["config", "load", "all.age", "--password-file", "pw", "--commit", "moved", "--format", "json"]);
    let json = json.code(0).json();
    assert_eq!(json["put"], serde_json::json!(["Demo", "mx"]), "{json:#}");
    assert_eq!(json["revision"], 2, "{json:#}");
    assert_eq!(running(&other), running(bench));
}

#[test]
fn secrets_are_masked_unless_told_otherwise_and_such_a_file_is_refused_at_once() {
    let signed = gateway();
    let bench = &signed.bench;
    let run = bench.run(["config", "save"]).code(0);
    assert!(run.out.starts_with("sealpost.configuration/1\nsecrets: masked\n"), "{}", run.out);
    let key = String::from_utf8(bench.read("home/running/certificates/mx/key.pem")).unwrap();
    assert!(!run.out.contains("tag-me") && !run.out.contains("PRIVATE KEY"), "{}", run.out);
    assert!(!run.out.contains(key.lines().nth(1).unwrap()), "{}", run.out);
    assert!(run.out.contains("keys = [\"masked\"] # ours\n"), "{}", run.out);
    assert!(run.out.contains("==> authorities/custom.pem <==\n-----BEGIN CERTIFICATE-----\n"), "{}", run.out);
    bench.write("masked.conf", &run.out);
    refused(bench, &["masked.conf"], "config/masked").err_has("--encrypt");
    bench.run(["config", "save", "--plain"]).code(2).err_has("error[output/key-to-terminal]");
    bench.run(["config", "save", "--plain", "--out", "-"]).code(0).out_has("tag-me-2026");
    bench.run(["saveconfig", "--encrypt"]).code(2).err_has("--password-file");
}

#[test]
fn a_file_is_never_replaced_unasked() {
    let bench = Bench::with_home();
    bench.write("here", "precious");
    bench.run(["config", "save", "--out", "here"]).code(2).err_has("error[output/exists]").err_has("--force");
    assert_eq!(bench.read("here"), b"precious");
    bench.run(["config", "save", "--out", "here", "--force"]).code(0);
    assert!(bench.read("here").starts_with(b"sealpost.configuration/1"));
    bench.run(["config", "save", "--encrypt", "--plain", "--out", "x"]).code(2);
}

#[test]
fn what_cannot_be_opened_stages_nothing() {
    let signed = gateway();
    let bench = &signed.bench;
    bench.run(["config", "save", "--encrypt", "--password-file", "pw", "--out", "all.age"]).code(0);
    let sealed = bench.read("all.age");
    bench.write("wrong", "incorrect horse\n");
    refused(bench, &["all.age", "--password-file", "wrong"], "password/wrong");
    refused(bench, &["all.age"], "password/missing");
    // Cut in the header, in the middle, and before the last line; one byte of the body changed.
    for end in [60, sealed.len() / 2, sealed.len() - 40] {
        bench.write("cut.age", &sealed[..end]);
        refused(bench, &["cut.age", "--password-file", "pw"], "config/damaged");
    }
    let mut flipped = sealed.clone();
    flipped[sealed.len() - 120] ^= 1;
    bench.write("flipped.age", flipped);
    refused(bench, &["flipped.age", "--password-file", "pw"], "config/damaged");
    refused(bench, &["nowhere"], "input/missing");
    bench.write("other.xml", "<?xml version=\"1.0\"?>\n<config/>\n");
    refused(bench, &["other.xml"], "config/damaged").err_has("does not begin with `sealpost.configuration/1`");
    bench.write("empty", "");
    refused(bench, &["empty"], "config/damaged");
}

#[test]
fn a_plain_file_that_was_edited_says_so_and_every_mistake_in_it_is_told() {
    let signed = gateway();
    let bench = &signed.bench;
    bench.run(["config", "save", "--plain", "--out", "all.conf"]).code(0);
    let text = String::from_utf8(bench.read("all.conf")).unwrap();
    let edit = |from: &str, to: &str| bench.write("edited.conf", text.replacen(from, to, 1));
    edit("mx1.example.com", "mx9.example.com");
    refused(bench, &["edited.conf"], "config/damaged").err_has("sed -i 5d edited.conf");
    // On purpose.
    bench.shell("sed -i 5d edited.conf").code(0);
    bench.run(["config", "load", "edited.conf"]).code(0).err_has("warning[config/unchecked]");
    bench.run(["change", "show"]).code(0).out_has("+hostname = \"mx9.example.com\"");
    bench.run(["change", "clear"]).code(0);
    // Two mistakes: a key of no table, a key that is none.
    let key = text.find("==> certificates/mx/key.pem <==\n").unwrap() + "==> certificates/mx/key.pem <==\n".len();
    let cut = format!("{}not a key\n{}", &text[..key], &text[text[key..].find("==> ").unwrap() + key..]);
    bench.write("edited.conf", cut.replacen("[interface", "[interfce", 1));
    bench.shell("sed -i 5d edited.conf").code(0);
    let run = refused(bench, &["edited.conf"], "config/damaged").err_has("certificates/mx/key.pem");
    run.err_has("interfce");
    // A file that leads out of the home.
    edit("==> certificates/mx/key.pem", "==> ../../etc/key.pem");
    bench.shell("sed -i 5d edited.conf").code(0);
    refused(bench, &["edited.conf"], "config/damaged").err_has("../../etc/key.pem");
}

#[test]
fn staged_edits_are_neither_saved_nor_replaced() {
    let signed = gateway();
    let bench = &signed.bench;
    bench.run(["cert", "new", "lab", "--cn", "mx2.example.com"]).code(0);
    let run = bench.run(["config", "save", "--plain", "--out", "all.conf"]).code(0);
    run.err_has("warning[config/uncommitted]");
    assert!(!String::from_utf8(bench.read("all.conf")).unwrap().contains("certificates/lab/"));
    refused(bench, &["all.conf"], "change/pending").err_has("sealpost change clear");
}
