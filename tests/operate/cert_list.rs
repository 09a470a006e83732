//! `cert list`, `cert rename` and `cert remove`: what is staged, what runs, and that no key is touched for a list.

use crate::support::Bench;

fn bench() -> Bench {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com", "--commit", "first"]).code(0);
    bench
}

#[test]
fn the_list_shows_every_profile_whole_and_marks_what_is_staged() {
    let bench = bench();
    let long = format!("p{}", "x".repeat(62));
    bench.run(["cert", "request", &long, "--cn", "mail.example.com"]).code(0);
    bench.run(["cert", "rename", "mx", "mx-old"]).code(0);
    let run = bench.run(["cert", "list"]).code(0);
    let rows: Vec<Vec<&str>> =
        run.out.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
    assert_eq!(rows[0], ["Name", "Common Name", "Issued By", "Status", "Remaining", "Roles", "Staged"]);
    assert_eq!(rows[2][..4], ["Demo", "mx1.example.com", "(self-signed)", "Demo"]);
    assert_eq!(rows[3], ["mx", "mx1.example.com", "(self-signed)", "Active", "396 days", "-", "removed"]);
    assert_eq!(rows[4], ["mx-old", "mx1.example.com", "(self-signed)", "Active", "396 days", "-", "new"]);
    assert_eq!(rows[5], [long.as_str(), "mail.example.com", "-", "Request pending", "-", "-", "new"]);
    let json = bench.run(["cert", "list", "--format", "json"]).code(0).json();
    let found: Vec<(&str, &str)> = json["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["status"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("Demo", "demo"), ("mx", "active"), ("mx-old", "active"), (&long, "request-pending")]);
    let schema = bench.run(["schema", "sealpost.cert-list/1"]).code(0).json();
    assert!(jsonschema::is_valid(&schema, &json), "{json:#}");
}

#[test]
fn a_list_needs_no_key() {
    let bench = bench();
    std::fs::remove_file(bench.home().join("running/certificates/mx/key.pem")).unwrap();
    bench.run(["cert", "list"]).code(0).out_has("mx1.example.com");
}

#[test]
fn a_renamed_profile_keeps_key_and_certificate() {
    let bench = bench();
    let key = bench.read("home/running/certificates/mx/key.pem");
    bench
        .run(["cert", "rename", "mx", "mx-old"])
        .code(0)
        .err_has("staged: profile mx is called mx-old; mx runs until the commit");
    bench.run(["commit", "rename"]).code(0);
    assert_eq!(bench.read("home/running/certificates/mx-old/key.pem"), key);
    assert!(!bench.home().join("running/certificates/mx").exists());
    bench.run(["cert", "rename", "mx", "x"]).code(2).err_has("error[profile/unknown]");
    bench.run(["cert", "rename", "mx-old", "a/b"]).code(2).err_has("error[profile/name]");
    bench.run(["cert", "rename", "mx-old", "demo"]).code(2).err_has("error[profile/demo]");
    bench.run(["cert", "rename", "Demo", "x"]).code(2).err_has("error[profile/demo]");
}

#[test]
fn a_removed_profile_runs_until_the_commit_and_comes_back_by_rollback() {
    let bench = bench();
    bench.run(["cert", "remove", "mx"]).code(0).err_has("staged: profile mx is removed; it runs until the commit");
    assert!(bench.home().join("running/certificates/mx").exists());
    bench.run(["commit", "remove"]).code(0);
    assert!(!bench.home().join("running/certificates/mx").exists());
    bench.run(["change", "rollback"]).code(0);
    assert!(bench.home().join("running/certificates/mx/key.pem").exists());
    bench.run(["cert", "remove", "Demo"]).code(2).err_has("error[profile/demo]");
    bench.run(["cert", "remove", "nope"]).code(2).err_has("error[profile/unknown]");
}

#[test]
fn a_key_that_an_authority_may_answer_for_is_destroyed_only_when_told_so() {
    let bench = bench();
    bench.run(["cert", "request", "new", "--cn", "mx1.example.com"]).code(0);
    bench.run(["cert", "remove", "new"]).code(2).err_has("error[change/key-awaited]").err_has("--purge-key");
    assert!(bench.home().join("staged/certificates/new/key.pem").exists());
    bench.run(["cert", "remove", "new", "--purge-key"]).code(0);
    assert!(!bench.home().join("staged/certificates/new").exists());
    // Without a request outside, nobody waits for the key.
    bench.run(["cert", "new", "plain", "--cn", "mx1.example.com"]).code(0);
    bench.run(["cert", "remove", "plain"]).code(0);
}
