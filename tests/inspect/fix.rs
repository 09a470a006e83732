//! `sealpost lint --fix`: streams, exit codes, files.

use std::os::unix::fs::PermissionsExt;

use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;

use super::pki::{Party, authority, server};
use crate::support::Bench;

const AT: [&str; 6] = ["--at", "2030-06-01T12:00:00Z", "--ruleset", "rfc5280", "--trust", "root.pem"];

struct Files {
    bench: Bench,
    broken: String,
    mended: String,
    key: String,
    leaf: Certificate,
    middle: Certificate,
}

fn text(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect()
}

/// With a keyUsage, which the rules want of an authority.
fn issuer(subject: &Party, above: &Party) -> Certificate {
    let mut sheet = authority();
    sheet.extensions.push((vec![2, 5, 29, 15], vec![3, 2, 1, 6]));
    sheet.issue(subject, above)
}

fn files() -> Files {
    let (root, middle, leaf) = (Party::new("Root"), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let key = leaf.key.serialize_pem();
    let bench = Bench::new();
    bench.write("root.pem", text(&[&issuer(&root, &root)]));
    let (leaf, middle) = (server().issue(&leaf, &middle), issuer(&middle, &root));
    let broken = text(&[&middle, &leaf, &middle]).replace('\n', "\r\n");
    bench.write("broken.pem", &broken);
    Files { broken, mended: text(&[&leaf, &middle]), bench, key, leaf, middle }
}

impl Files {
    fn lint(&self, arguments: &[&str]) -> crate::support::Run {
        self.bench.run(["lint"].iter().chain(arguments).chain(&AT))
    }
}

#[test]
fn the_mended_file_goes_to_standard_output_and_the_report_to_standard_error() {
    let f = files();
    f.lint(&["broken.pem", "--fail-on", "warning"]).code(1).out_has("chain/leaf-not-first");
    let run = f.lint(&["--fix", "broken.pem"]).code(0);
    assert_eq!(run.out, f.mended);
    let run = run.err_has("broken.pem: mended").err_has("dropped Issuing CA").err_has("new order:");
    assert!(run.err.contains("written anew: pem/crlf"), "{}", run.err);
    assert_eq!(f.bench.read("broken.pem"), f.broken.as_bytes(), "the file itself was changed");
    let run =
        f.lint(&["--fix", "--diff", "broken.pem"]).code(0).out_has("--- broken.pem").out_has("-Issuing CA  sha256");
    let marks: Vec<&str> = run.out.lines().skip(2).map(|line| &line[..1]).collect();
    assert_eq!(marks, ["-", " ", " "]);
}

#[test]
fn in_place_keeps_the_mode_and_says_what_was_done() {
    let f = files();
    let path = f.bench.write("mail.pem", format!("{}{}", f.key, f.broken));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let severity = ["--severity", "pem/private-key=off"];
    f.lint(&[&["--fix", "--in-place", "mail.pem"], &severity[..]].concat()).code(0).err_has("mended in place");
    assert_eq!(String::from_utf8(f.bench.read("mail.pem")).unwrap(), format!("{}{}", f.key, f.mended));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    f.lint(&[&["--fix", "--in-place", "mail.pem"], &severity[..]].concat()).code(0).err_has("nothing to mend");
}

#[test]
fn out_writes_a_new_file_with_the_mode_of_its_content() {
    let f = files();
    f.bench.write("mail.pem", format!("{}{}", f.broken, f.key));
    let arguments = ["--fix", "mail.pem", "--out", "new.pem", "--severity", "pem/private-key=off"];
    let run = f.lint(&arguments).code(0).err_has("mended into new.pem");
    assert_eq!(run.out, "");
    let mode = std::fs::metadata(f.bench.path("new.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others can read the key");
    f.lint(&arguments).code(2).err_has("error[output/exists]");
    f.lint(&[&arguments[..], &["--force"]].concat()).code(0);
}

#[test]
fn what_cannot_be_mended_is_left_alone_and_the_answer_is_no_success() {
    let f = files();
    f.bench.write("leaf.der", f.leaf.der());
    f.lint(&["--fix", "--in-place", "leaf.der"])
        .code(2)
        .err_has("sealpost convert leaf.der --to pem --out leaf.der.pem");
    assert_eq!(f.bench.read("leaf.der"), f.leaf.der());
    let cut = format!("{}{}", text(&[&f.leaf]), &text(&[&f.middle])[..300]);
    f.bench.write("cut.pem", &cut);
    let run = f.lint(&["--fix", "cut.pem"]).code(2).err_has("error[pem/malformed]: `cut.pem` was not mended");
    assert_eq!(run.out, "", "standard output belongs to the mended file");
    f.lint(&["--fix", "broken.pem", "--format", "sarif"]).code(2).err_has("error[lint/no-output]");
    f.lint(&["--fix", "broken.pem", "cut.pem"]).code(2).err_has("error[lint/several-files]");
    // A leaf without its issuer can be written, but what is missing is missing.
    f.bench.write("alone.pem", text(&[&f.leaf]));
    let run = f.lint(&["--fix", "alone.pem"]).code(1).err_has("chain/missing-intermediate").err_has("still wanting");
    assert_eq!(run.out, text(&[&f.leaf]));
    f.bench.write("middle.pem", text(&[&f.middle]));
    let run = f.lint(&["--fix", "alone.pem", "--pool", "middle.pem"]).code(0).err_has("added Issuing CA");
    assert_eq!(run.out, f.mended);
}

#[test]
fn json_has_the_changes_and_the_certificates_but_never_a_key() {
    let f = files();
    let json = f.lint(&["--fix", "broken.pem", "--format", "json"]).code(0).json();
    assert_eq!(json["mended"][0]["pem"], f.mended.as_str());
    assert_eq!(json["mended"][0]["changes"][0]["change"], "dropped");
    f.bench.write("mail.pem", format!("{}{}", f.broken, f.key));
    let run = f.lint(&["--fix", "mail.pem", "--format", "json"]).code(2);
    assert!(!run.out.contains("PRIVATE KEY-----"), "{}", run.out);
    assert!(run.out.contains("lint/key-in-json"), "{}", run.out);
}

/// The leaf stands second in the broken file and first in the mended one.
#[test]
fn places_of_what_remains_are_those_of_the_mended_file_under_its_name() {
    let asked = ["--hostname", "mx9.example.com", "--format", "json"];
    let ways: [(&[&str], &str, &str); 5] = [
        (&["--fix", "broken.pem"], "broken.pem (mended)", ""),
        (&["--fix", "broken.pem", "--diff"], "broken.pem (mended)", ""),
        (&["--fix", "broken.pem", "--out", "new.pem"], "new.pem", "new.pem"),
        (&["--fix", "broken.pem", "--in-place"], "broken.pem", "broken.pem"),
        // What is as it should be is told under its own name.
        (&["--fix", "mended.pem"], "mended.pem", "mended.pem"),
    ];
    for (way, name, written) in ways {
        let f = files();
        f.bench.write("mended.pem", &f.mended);
        let json = f.lint(&[way, &asked[..]].concat()).code(1).json();
        let report = &json["files"][0];
        assert_eq!(report["file"], name, "{way:?}");
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "name/hostname-mismatch", "{way:?}: {finding:#}");
        assert_eq!(finding["place"], serde_json::json!({ "file": name, "block": 1, "line": 1, "offset": 0 }));
        assert_eq!(report["certificates"][1]["place"]["file"], name, "{way:?}");
        if !written.is_empty() {
            let lines = String::from_utf8(f.bench.read(written)).unwrap();
            assert_eq!(lines, f.mended, "the lines that are told are not those of {written}");
        }
    }
    // Without mending, the leaf stands further down.
    let json = files().lint(&[&["broken.pem"], &asked[..]].concat()).code(1).json();
    let mismatch = json["files"][0]["findings"].as_array().unwrap().iter();
    let mut mismatch = mismatch.filter(|finding| finding["rule"] == "name/hostname-mismatch");
    assert!(mismatch.next().unwrap()["place"]["line"].as_u64().unwrap() > 1);
}

#[test]
fn waivers_and_baselines_know_a_mended_file_by_the_name_it_was_given() {
    let f = files();
    let asked = ["--hostname", "mx9.example.com"];
    f.bench.write(
        "waivers.toml",
        "[[waiver]]\nrule = \"name/hostname-mismatch\"\nfile = \"broken.pem\"\nreason = \"moving\"\n",
    );
    let waived = ["--fix", "broken.pem", "--out", "new.pem", "--waivers", "waivers.toml"];
    f.lint(&[&waived[..], &asked].concat()).code(0).err_has("1 waived");
    f.lint(&[&["broken.pem", "--write-baseline", "known.json"], &asked[..]].concat()).code(0);
    let known = ["--fix", "broken.pem", "--out", "again.pem", "--baseline", "known.json"];
    f.lint(&[&known[..], &asked].concat()).code(0).err_has("in the baseline");
}
