//! `sealpost change …`: what is shown, committed, thrown away, brought back and let go.

use std::path::Path;

use sealpost::operate::{Home, HomeError, Intent};

use crate::staging::{certificate, moment, profile, put, stage};
use crate::support::Bench;

fn commit(bench: &Bench, why: &str) {
    bench.run(["change", "commit", why]).code(0);
}

fn name(text: &str) -> sealpost::model::profile_name::ProfileName {
    text.parse().unwrap()
}

#[test]
fn nothing_staged_makes_no_revision() {
    let bench = Bench::with_home();
    bench.run(["change", "commit", "x"]).code(0).err_has("nothing is staged; revision 1 runs");
    bench.run(["commit"]).code(0).err_has("nothing is staged");
    let json = bench.run(["change", "commit", "--format", "json"]).code(0).json();
    assert_eq!((&json["committed"], &json["running"]), (&false.into(), &1.into()));
    assert!(!bench.home().join("revisions/000002").exists());
}

#[test]
fn what_was_and_what_becomes_stand_side_by_side() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one", "two", "gone"]);
    commit(&bench, "three profiles");
    let home = Home::open(&bench.home()).unwrap();
    let mut changed = home.running().unwrap().profile(&name("one")).unwrap();
    let before = changed.certificate.clone().unwrap().sha256().short();
    changed.certificate = Some(certificate(&changed.key, "other"));
    let after = changed.certificate.clone().unwrap().sha256().short();
    let intents = vec![
        Intent::Put(changed),
        Intent::Rename { from: name("two"), to: name("zwei") },
        Intent::Put(profile("three")),
        Intent::Remove { name: name("gone"), purge_key: false },
    ];
    stage(&bench.home(), intents).unwrap();
    let shown = bench.run(["change", "show"]).code(0);
    let shown = shown.out_has("profile one: changed").out_has("DNS:one.example -> DNS:other.example");
    let shown = shown.out_has(&format!("{before} -> {after}")).out_has("(as before)");
    shown.out_has("profile zwei: renamed from two").out_has("profile three: new").out_has("profile gone: removed");
    let json = bench.run(["showchanges", "--format", "json"]).code(0).json();
    let profiles = json["profiles"].as_array().unwrap();
    let one = profiles.iter().find(|profile| profile["name"] == "one").unwrap();
    assert_eq!((&one["action"], &one["same_key"]), (&"changed".into(), &true.into()), "{one}");
    bench.run(["change", "commit", "all of it", "--format", "json"]).code(0);
    let running = Home::open(&bench.home()).unwrap().running().unwrap();
    let names: Vec<String> = running.names().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["Demo", "one", "three", "zwei"]);
}

#[test]
fn unchanged_profiles_are_links_straight_to_their_revision() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    commit(&bench, "one");
    put(&bench.home(), &["two"]);
    commit(&bench, "two");
    put(&bench.home(), &["three"]);
    commit(&bench, "three");
    let target = |name: &str| std::fs::read_link(bench.home().join("revisions/000004/certificates").join(name));
    assert_eq!(target("Demo").unwrap(), Path::new("../../000001/certificates/Demo"));
    assert_eq!(target("one").unwrap(), Path::new("../../000002/certificates/one"));
    assert!(target("three").is_err(), "a new profile must stand in its own revision");
    let running = Home::open(&bench.home()).unwrap().running().unwrap();
    for profile in ["Demo", "one", "two", "three"] {
        running.profile(&name(profile)).unwrap();
    }
}

#[test]
fn hand_edits_keep_their_comments_through_a_commit() {
    let bench = Bench::with_home();
    bench.shell("sed -i 's/port = 25/port = 2525 # ours/; 1i # kept by hand' home/staged/sealpost.toml").code(0);
    put(&bench.home(), &["one"]);
    commit(&bench, "edited");
    for file in ["home/running/sealpost.toml", "home/staged/sealpost.toml"] {
        let text = String::from_utf8(bench.read(file)).unwrap();
        assert!(text.starts_with("# kept by hand\n") && text.contains("port = 2525 # ours"), "{file}\n{text}");
    }
}

#[test]
fn every_mistake_in_the_configuration_is_named_and_nothing_is_committed() {
    let bench = Bench::with_home();
    bench
        .shell("sed -i 's/^port = 25/prot = 25/; s/^address = .*/address = \"1.2.3\"/' home/staged/sealpost.toml")
        .code(0);
    let run = bench.run(["change", "commit", "x"]).code(2);
    run.err_has("did you mean `port`?")
        .err_has("`1.2.3` is no IP address")
        .err_has("sealpost.toml line 13 (column 11)");
    assert!(!bench.home().join("revisions/000002").exists());
}

#[test]
fn a_key_that_a_ca_may_answer_for_is_not_cleared_unasked() {
    let bench = Bench::with_home();
    let mut pending = profile("pending");
    pending.record.request_exported = Some(moment());
    stage(&bench.home(), vec![Intent::Put(pending), Intent::Put(profile("other"))]).unwrap();
    bench.run(["change", "clear"]).code(2).err_has("error[change/key-awaited]").err_has("pending: request exported");
    bench.run(["change", "show"]).code(0).out_has("profile pending: new").out_has("profile other: new");
    bench.run(["clearchanges", "--force"]).code(0).err_has("cleared profile other, profile pending");
    bench.run(["change", "show"]).code(0).err_has("nothing is staged");
}

#[test]
fn a_rollback_is_a_new_revision_and_can_be_undone() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    commit(&bench, "one");
    put(&bench.home(), &["one"]);
    commit(&bench, "another key");
    let key = |revision: &str| bench.read(&format!("home/revisions/{revision}/certificates/one/key.pem"));
    let (old, new) = (key("000002"), key("000003"));
    assert_ne!(old, new);
    bench.run(["rollbackconfig"]).code(0).err_has("revision 4 runs, with the content of revision 2");
    assert_eq!(bench.read("home/running/certificates/one/key.pem"), old);
    bench.run(["change", "rollback"]).code(0);
    assert_eq!(bench.read("home/running/certificates/one/key.pem"), new);
    bench.run(["change", "rollback", "1"]).code(0);
    assert!(!bench.home().join("running/certificates/one").exists());
    bench.run(["change", "rollback", "77"]).code(2).err_has("revisions: 1, 2, 3, 4, 5, 6");
    let json = bench.run(["change", "history", "--format", "json"]).code(0).json();
    let newest = &json["revisions"][0];
    assert_eq!((&newest["number"], &newest["restores"], &newest["running"]), (&6.into(), &1.into(), &true.into()));
}

#[test]
fn a_rollback_leaves_staged_edits_and_they_can_be_put_on_top() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    commit(&bench, "one");
    put(&bench.home(), &["two"]);
    bench.run(["change", "rollback", "1"]).code(0).err_has("staged edits were left");
    bench.run(["change", "commit", "x"]).code(2).err_has("error[change/stale]").err_has("rollback to revision 1");
    bench.run(["change", "commit", "x", "--rebase"]).code(0);
    let running = Home::open(&bench.home()).unwrap().running().unwrap();
    assert!(running.has(&name("two")).unwrap() && !running.has(&name("one")).unwrap());
}

#[test]
fn stale_edits_that_touch_the_same_are_never_put_on_top() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    bench.shell("cp -a home/staged kept").code(0);
    commit(&bench, "theirs");
    bench.shell("rm -r home/staged; mv kept home/staged; echo '# mine' >> home/staged/sealpost.toml").code(0);
    stage(&bench.home(), vec![Intent::Put(profile("one"))]).unwrap();
    bench.run(["change", "show"]).code(0).err_has("warning[change/stale]");
    let run = bench.run(["change", "commit", "--rebase", "mine"]).code(2);
    run.err_has("both changed profile one").err_has("by tester: theirs").err_has("nothing was committed");
    assert!(!bench.home().join("revisions/000003").exists());
}

#[test]
fn prune_keeps_what_later_revisions_stand_on() {
    let bench = Bench::with_home();
    for round in ["one", "two", "one"] {
        put(&bench.home(), &[round]);
        commit(&bench, round);
    }
    let dry = bench.run(["change", "prune", "--keep", "1", "--dry-run"]).code(0);
    let dry = dry.out_has("would remove revision 3").out_has("would remove profile one of revision 2, with its key");
    assert!(bench.home().join("revisions/000001/commit.toml").exists());
    let done = bench.run(["change", "prune", "--keep", "1"]).code(0);
    assert_eq!(done.out, dry.out.replace("would remove", "removed"));
    assert!(!bench.home().join("revisions/000002").exists(), "nothing needs revision 2");
    assert!(bench.home().join("revisions/000001/certificates/Demo/key.pem").exists());
    let json = bench.run(["change", "history", "--format", "json"]).code(0).json();
    assert_eq!(json["revisions"].as_array().unwrap().len(), 1);
    let running = Home::open(&bench.home()).unwrap().running().unwrap();
    for profile in ["Demo", "one", "two"] {
        running.profile(&name(profile)).unwrap();
    }
    put(&bench.home(), &["three"]);
    commit(&bench, "after the prune");
    bench.run(["change", "prune", "--keep", "0"]).code(0);
    Home::open(&bench.home()).unwrap().running().unwrap().profile(&name("two")).unwrap();
}

#[test]
fn a_purged_key_is_gone_from_every_revision() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    commit(&bench, "one");
    put(&bench.home(), &["one"]);
    commit(&bench, "one again");
    stage(&bench.home(), vec![Intent::Remove { name: name("one"), purge_key: true }]).unwrap();
    bench.run(["change", "show"]).code(0).out_has("its key destroyed in every revision");
    commit(&bench, "one is gone");
    let keys = bench.shell("find home -name key.pem | sort").code(0).out;
    assert_eq!(keys, "home/revisions/000001/certificates/Demo/key.pem\n");
    bench.run(["change", "rollback", "3"]).code(2).err_has("error[revision/purged]");
    bench.run(["change", "rollback", "1"]).code(0);
}

#[test]
fn a_key_of_another_certificate_is_never_committed() {
    let bench = Bench::with_home();
    let mut wrong = profile("wrong");
    wrong.certificate = profile("wrong").certificate;
    stage(&bench.home(), vec![Intent::Put(wrong), Intent::Put(profile("right"))]).unwrap();
    bench.run(["change", "commit", "x"]).code(2).err_has("error[key/mismatch]").err_has("profile `wrong`");
    assert!(!bench.home().join("revisions/000002").exists());
}

#[test]
fn intents_are_checked_before_the_first_is_staged() {
    let bench = Bench::with_home();
    let intents = vec![Intent::Put(profile("one")), Intent::Remove { name: name("none"), purge_key: false }];
    assert!(matches!(stage(&bench.home(), intents), Err(HomeError::NoProfile(missing)) if missing == name("none")));
    let intents = vec![Intent::Put(profile("one")), Intent::Rename { from: name("one"), to: name("Demo") }];
    assert!(matches!(stage(&bench.home(), intents), Err(HomeError::ProfileExists(_))));
    let intents = vec![Intent::Put(profile("one")), Intent::Configure("[x]".into())];
    assert!(matches!(stage(&bench.home(), intents), Err(HomeError::Configuration { .. })));
    bench.run(["change", "show"]).code(0).err_has("nothing is staged");
}
