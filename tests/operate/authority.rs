//! `sealpost authority …`: what is trusted, what an import refuses, and how the list moves with the revisions.

use crate::support::Bench;
use crate::support::authority::Authority;

/// A bench with the certificates of a root, of an authority below it, and of a server in files.
fn bench() -> Bench {
    let bench = Bench::with_home();
    let root = Authority::root("Private Root");
    let lower = root.intermediate("Private Issuing CA");
    bench.write("root.pem", root.pem());
    bench.write("lower.pem", lower.pem());
    bench.write("leaf.pem", lower.issue("mx1.example.net").1);
    bench.write("other.pem", Authority::root("Other Root").pem());
    bench
}

fn names(bench: &Bench) -> Vec<String> {
    let json = bench.run(["authority", "list", "custom", "--format", "json"]).code(0).json();
    let schema = bench.run(["schema", "sealpost.authority-list/1"]).code(0).json();
    assert!(jsonschema::is_valid(&schema, &json), "{json:#}");
    let found = json["lists"][0]["authorities"].as_array().unwrap().iter();
    found.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_imported_is_listed_exported_and_runs_after_the_commit() {
    let bench = bench();
    let run = bench.run(["authority", "import", "lower.pem", "root.pem"]).code(0);
    run.err_has("trusted: Private Root, valid until ").err_has("staged: the custom list holds 2 authorities");
    assert!(!bench.home().join("running/authorities").exists());
    let shown = bench.run(["change", "show"]).code(0);
    shown.out_has("authority Private Issuing CA: trusted").out_has("authority Private Root: trusted");
    bench.run(["change", "commit", "trust"]).code(0).err_has("committed revision 2: authorities changed");
    let text = String::from_utf8(bench.read("home/running/authorities/custom.pem")).unwrap();
    assert!(text.contains("# Private Root, until "), "{text}");
    let listed = bench.run(["authority", "list"]).code(0).out_has("custom: enabled, 2 authorities");
    listed.out_has("system: enabled, ").out_has("Private Issuing CA   intermediate");
    let exported = bench.run(["authority", "export"]).code(0);
    assert_eq!(exported.out.matches("BEGIN CERTIFICATE").count(), 2);
    bench.run(["authority", "export", "--out", "list.pem"]).code(0).err_has("wrote list.pem: 2 certificates");
    bench.run(["authority", "export", "--out", "list.pem"]).code(2).err_has("error[output/exists]");
    // Without one of them, in its place.
    let replaced = bench.run(["authority", "import", "--replace", "other.pem", "--commit", "another"]).code(0);
    replaced
        .err_has("trusted no more: Private Root")
        .err_has("committed revision 3: the custom list holds 1 authority");
    assert_eq!(names(&bench), ["Other Root"]);
    bench.run(["change", "rollback"]).code(0);
    assert_eq!(names(&bench), ["Private Issuing CA", "Private Root"]);
}

#[test]
fn a_list_with_a_leaf_in_it_is_refused_by_name() {
    let bench = bench();
    let run = bench.run(["authority", "import", "root.pem", "leaf.pem", "lower.pem"]).code(2);
    let run = run.err_has("error[authority/leaf]: mx1.example.net is not the certificate of an authority");
    run.err_has("--> leaf.pem line 1").err_has("issuer:  CN=Private Issuing CA").err_has("nothing was staged");
    assert!(names(&bench).is_empty());
    // By hand it gets no further than the commit.
    bench.shell("mkdir -p home/staged/authorities; cat root.pem leaf.pem > home/staged/authorities/custom.pem").code(0);
    let run = bench.run(["change", "commit", "x"]).code(2);
    run.err_has("error[home/damaged]").err_has("certificate 2 (mx1.example.net) is not that of an authority");
    bench.shell("echo nothing > home/staged/authorities/custom.pem").code(0);
    bench.run(["change", "commit", "x"]).code(0);
    bench.shell("sed 5d root.pem > home/staged/authorities/custom.pem").code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[home/damaged]").err_has("custom.pem");
    bench.run(["authority", "import", "--replace", "root.pem"]).code(0);
    assert_eq!(names(&bench), ["Private Root"]);
}

#[test]
fn an_intermediate_needs_its_root() {
    let bench = bench();
    let run = bench.run(["authority", "import", "lower.pem"]).code(2);
    run.err_has(
        "error[authority/no-root]: Private Issuing CA has no root: the certificate of `Private Root` is missing",
    );
    bench.run(["authority", "import", "root.pem"]).code(0);
    bench.run(["authority", "import", "lower.pem"]).code(0);
    assert_eq!(names(&bench), ["Private Root", "Private Issuing CA"]);
}

#[test]
fn what_is_there_already_or_has_expired_is_left_out() {
    let bench = bench();
    bench.write("old.pem", Authority::expired_root("Old Root").pem());
    bench.run(["authority", "import", "root.pem"]).code(0);
    let run = bench.run(["authority", "import", "root.pem", "old.pem", "other.pem", "other.pem"]).code(0);
    let run = run.err_has("note[authority/duplicate]: Private Root is in the list already");
    run.err_has("warning[authority/expired]: Old Root has expired")
        .err_has("(9 days ago)")
        .err_has("the custom list holds 2 authorities");
    let again = bench.run(["authority", "import", "root.pem"]).code(0);
    again.err_has("unchanged: the custom list holds 2 authorities");
}

#[test]
fn bad_input_changes_nothing() {
    let bench = bench();
    bench.run(["authority", "import", "nowhere.pem"]).code(2).err_has("error[input/missing]");
    bench.write("empty.pem", "");
    bench.run(["authority", "import", "empty.pem"]).code(2);
    bench.run(["cert", "request", "mx", "--cn", "mx1.example.com", "--out", "mx.csr"]).code(0);
    bench.run(["authority", "import", "mx.csr"]).code(2).err_has("error[authority/no-certificate]");
    bench.run(["authority", "export"]).code(2).err_has("error[authority/empty]").err_has("sealpost authority import");
    bench.run(["authority", "list", "own"]).code(2).err_has("there are two lists: system and custom");
    bench.run(["authority", "enable"]).code(2);
    assert!(!bench.home().join("staged/authorities").exists());
}

#[test]
fn a_list_is_switched_off_and_on_again() {
    let bench = bench();
    bench
        .run(["authority", "disable", "system"])
        .code(0)
        .err_has("staged: the system list of authorities is not trusted");
    let run = bench.run(["authority", "disable", "custom"]).code(0);
    run.err_has("warning[authority/none-enabled]").err_has("mail whose delivery must be verified is not delivered");
    bench.run(["authority", "list"]).code(0).out_has("system: disabled");
    bench.run(["change", "commit", "x"]).code(0);
    let text = String::from_utf8(bench.read("home/running/sealpost.toml")).unwrap();
    assert!(text.contains("[authorities]\nsystem = false\ncustom = false\n"), "{text}");
    bench.run(["authority", "enable", "system", "--commit", "again"]).code(0).err_has("committed revision 3");
    bench
        .run(["authority", "enable", "system"])
        .code(0)
        .err_has("unchanged: the system list of authorities is trusted");
}

#[test]
fn two_edits_of_the_list_are_not_mixed_and_other_edits_go_on_top() {
    let bench = bench();
    bench.run(["authority", "import", "root.pem"]).code(0);
    bench.shell("cp -a home/staged kept").code(0);
    bench.run(["change", "commit", "first"]).code(0);
    // Edits that began before it.
    bench
        .shell("rm -r home/staged; cp -a kept home/staged; cat other.pem >> home/staged/authorities/custom.pem")
        .code(0);
    let stale = bench.run(["change", "commit", "second", "--rebase"]).code(2);
    stale.err_has("error[change/stale]").err_has("both changed authorities/custom.pem");
    bench.shell("rm -r home/staged; cp -a kept home/staged; rm -r home/staged/authorities; echo '# x' >> home/staged/sealpost.toml").code(0);
    bench.run(["change", "commit", "second", "--rebase"]).code(0);
    assert_eq!(names(&bench), ["Private Root"]);
    bench.run(["authority", "import", "other.pem"]).code(0);
    bench.run(["change", "clear"]).code(0).err_has("cleared the custom list of authorities");
    assert_eq!(names(&bench), ["Private Root"]);
    bench.run(["change", "prune", "--keep", "1"]).code(0);
    assert_eq!(names(&bench), ["Private Root"]);
}

#[test]
fn the_engine_trusts_the_roots_of_the_lists_that_are_enabled() {
    let bench = bench();
    bench.run(["authority", "import", "lower.pem", "root.pem"]).code(0);
    bench.run(["authority", "disable", "system"]).code(0);
    bench.run(["change", "commit", "x"]).code(0);
    let trusted = || {
        let running = sealpost::operate::Home::open(&bench.home()).unwrap().running().unwrap();
        let anchors =
            sealpost::app::authorities::anchors(&running.configuration().unwrap(), &running.authorities().unwrap());
        anchors.len()
    };
    assert_eq!(trusted(), 1);
    bench.run(["authority", "disable", "custom", "--commit", "none"]).code(0);
    assert_eq!(trusted(), 0);
}

#[test]
fn authorities_are_removed_by_name_or_fingerprint_and_only_those() {
    let bench = bench();
    bench.run(["authority", "import", "lower.pem", "root.pem", "other.pem", "--commit", "trust"]).code(0);
    bench
        .run(["authority", "remove", "Nobody", "Other Root"])
        .code(2)
        .err_has("error[authority/unknown]")
        .err_has("nothing was staged");
    assert_eq!(names(&bench).len(), 3);
    let listed = bench.run(["authority", "list", "custom", "--format", "json"]).code(0).json();
    let all = listed["lists"][0]["authorities"].as_array().unwrap();
    let other = all.iter().find(|one| one["name"] == "Other Root").unwrap()["sha256"].as_str().unwrap().to_owned();
    let run = bench.run(["authority", "remove", &other[..8].to_uppercase()]).code(0);
    run.err_has("trusted no more: Other Root, SHA-256 ").err_has("staged: the custom list holds 2 authorities");
    bench
        .run(["authority", "remove", "Private Root", "--commit", "gone", "--with-pending"])
        .code(0)
        .err_has("warning[authority/no-root]: Private Issuing CA has no root in the lists any more");
    assert_eq!(names(&bench), ["Private Issuing CA"]);
    bench.run(["authority", "remove", "Private Issuing CA"]).code(0).err_has("holds 0 authorities");
    assert!(names(&bench).is_empty());
    bench.run(["change", "clear", "--force"]).code(0);
    assert_eq!(names(&bench), ["Private Issuing CA"]);
}
