//! Killed, or refused by the disk, at any system call: the home has the old revision or the new one, and goes on.
//!
//! `strace` stops the program at the n-th call of a kind. Short by default; `SEALPOST_LONG_TESTS=1` tries every call.

use std::collections::BTreeMap;
use std::process::Command;

use sealpost::operate::{Home, Intent, RevisionNumber};

use crate::needs;
use crate::staging::{certificate, profile, put, stage};
use crate::support::authority::Authority;
use crate::support::{Bench, Run, run};

/// Every call by which the program changes a file or directory, or makes a change durable.
const CALLS: [&str; 9] =
    ["openat", "write", "fsync", "mkdirat", "symlinkat", "renameat", "renameat2", "unlinkat", "ftruncate"];

/// One call of the many, as strace names it, and which one of its kind.
type Instant = (&'static str, usize);

#[test]
fn a_commit_that_is_killed_leaves_the_old_revision_or_the_new() {
    needs!("strace");
    let bench = home_with_changes();
    let instants = instants(&bench, &["change", "commit", "x"]);
    let mut outcomes = BTreeMap::new();
    for (call, when) in thinned(&instants) {
        refresh(&bench);
        let killed = inject(&bench, &format!("inject={call}:signal=KILL:when={when}"), &["change", "commit", "x"]);
        assert_ne!(killed.code, 0, "{call} {when} was not reached");
        let number = check_whole(&bench, &format!("{call} {when}"));
        *outcomes.entry(number.to_string()).or_insert(0) += 1;
        bench.run(["change", "commit", "again"]).code(0);
        check_committed(&bench, &format!("{call} {when}, then again"));
    }
    assert!(outcomes.contains_key("2") && outcomes.contains_key("3"), "both outcomes must be met: {outcomes:?}");
}

#[test]
fn a_commit_that_the_disk_refuses_changes_nothing() {
    needs!("strace");
    let bench = home_with_changes();
    let instants = instants(&bench, &["change", "commit", "x"]);
    for (index, (call, when)) in thinned(&instants).into_iter().enumerate() {
        let error = ["ENOSPC", "EIO", "EROFS", "EACCES"][index % 4];
        let at = format!("{call} {when} {error}");
        refresh(&bench);
        let refused = inject(&bench, &format!("inject={call}:error={error}:when={when}"), &["change", "commit", "x"]);
        let number = check_whole(&bench, &at);
        match (refused.code, number.to_string().as_str()) {
            (0, "3") => {}
            (2, "2") if call == "write" => {}
            (2, "2") => assert!(refused.err.contains("error[home/"), "{at}\n{}", refused.err),
            (2, "3") => assert!(refused.err.contains("commit/unconfirmed") || call == "write", "{at}\n{}", refused.err),
            // The program did not even start.
            (127, "2") => {}
            other => panic!("{at}: {other:?}\n{}", refused.err),
        }
        bench.run(["change", "commit", "again"]).code(0);
        check_committed(&bench, &format!("{at}, then again"));
    }
}

#[test]
fn an_init_that_is_killed_is_finished_by_the_next() {
    needs!("strace");
    let bench = Bench::new();
    let init = ["init", "--hostname", "mx1.example.com"];
    let instants = instants(&bench, &init);
    for (call, when) in thinned(&instants) {
        let at = format!("{call} {when}");
        bench.shell("rm -rf home").code(0);
        inject(&bench, &format!("inject={call}:signal=KILL:when={when}"), &init);
        bench.run(init).code(0);
        let home = Home::open(&bench.home()).unwrap();
        assert_eq!(home.numbers().unwrap(), [RevisionNumber::FIRST], "{at}");
        home.running().unwrap().profile(&"Demo".parse().unwrap()).unwrap();
        put(&bench.home(), &["one"]);
        bench.run(["change", "commit", "x"]).code(0);
        assert_no_leftovers(&bench, &at);
    }
}

#[test]
fn a_rollback_or_prune_that_is_killed_can_be_repeated() {
    needs!("strace");
    for command in [&["change", "rollback", "1"][..], &["change", "prune", "--keep", "1"]] {
        let bench = home_with_changes();
        bench.run(["change", "commit", "x"]).code(0);
        bench.shell("rm -rf origin; cp -a home origin").code(0);
        let instants = instants(&bench, command);
        for (call, when) in thinned(&instants) {
            let at = format!("{command:?} {call} {when}");
            refresh(&bench);
            inject(&bench, &format!("inject={call}:signal=KILL:when={when}"), command);
            let running = Home::open(&bench.home()).unwrap().running().unwrap();
            for name in running.names().unwrap() {
                running.profile(&name).unwrap_or_else(|error| panic!("{at}: {error}"));
            }
            bench.run(command).code(0);
            put(&bench.home(), &["after"]);
            bench.run(["change", "commit", "after"]).code(0);
            assert_no_leftovers(&bench, &at);
        }
    }
}

/// Revision 2 with three profiles runs; one is staged with another certificate, one removed with its key, one new, and
/// the configuration edited, and an authority trusted. A copy stays in `origin`.
fn home_with_changes() -> Bench {
    let bench = Bench::with_home();
    put(&bench.home(), &["changed", "removed", "kept"]);
    bench.run(["change", "commit", "three"]).code(0);
    let running = Home::open(&bench.home()).unwrap().running().unwrap();
    let mut changed = running.profile(&"changed".parse().unwrap()).unwrap();
    changed.certificate = Some(certificate(&changed.key, "new"));
    let removed = Intent::Remove { name: "removed".parse().unwrap(), purge_key: true };
    let trusted = Intent::TrustCustom(Authority::root("Private Root").pem().to_owned());
    stage(&bench.home(), vec![Intent::Put(changed), removed, Intent::Put(profile("added")), trusted]).unwrap();
    bench.shell("echo '# edited' >> home/staged/sealpost.toml; cp -a home origin").code(0);
    bench
}

fn refresh(bench: &Bench) {
    bench.shell("rm -rf home; cp -a origin home").code(0);
}

/// What ran before still loads, or what was staged does; and what was staged is not lost.
fn check_whole(bench: &Bench, at: &str) -> RevisionNumber {
    let home = Home::open(&bench.home()).unwrap_or_else(|error| panic!("{at}: {error}"));
    let running = home.running().unwrap_or_else(|error| panic!("{at}: {error}"));
    for name in running.names().unwrap() {
        running.profile(&name).unwrap_or_else(|error| panic!("{at}: {error}"));
    }
    running.configuration().unwrap();
    let staged = home.staged().unwrap_or_else(|error| panic!("{at}: {error}"));
    match running.number().to_string().as_str() {
        "2" => {
            assert_eq!(names(&running), ["Demo", "changed", "kept", "removed"], "{at}");
            assert_eq!(staged.changes().len(), 3, "{at}");
            assert!(staged.configuration_changed() && staged.authorities_changed(), "{at}");
            assert!(running.authorities().unwrap().is_empty(), "{at}");
            assert!(staged.profile(&"added".parse().unwrap()).is_ok(), "{at}");
        }
        _ => check_committed(bench, at),
    }
    running.number()
}

fn names(revision: &sealpost::operate::Revision) -> Vec<String> {
    revision.names().unwrap().iter().map(ToString::to_string).collect()
}

/// The staged edits run, once, and nothing is staged any more.
fn check_committed(bench: &Bench, at: &str) {
    let home = Home::open(&bench.home()).unwrap();
    let running = home.running().unwrap();
    assert_eq!(running.number().to_string(), "3", "{at}");
    assert_eq!(names(&running), ["Demo", "added", "changed", "kept"], "{at}");
    let changed = running.profile(&"changed".parse().unwrap()).unwrap();
    assert_eq!(changed.certificate.unwrap().display_name(), "new.example", "{at}");
    assert!(running.configuration_text().unwrap().ends_with("# edited\n"), "{at}");
    let trusted = running.authorities().unwrap();
    assert!(matches!(trusted.as_slice(), [root] if root.display_name() == "Private Root"), "{at}: {trusted:?}");
    assert!(home.staged().unwrap().is_empty(), "{at}");
    if at.ends_with("then again") {
        assert!(!bench.home().join("revisions/000002/certificates/removed/key.pem").exists(), "{at}: key not purged");
        assert_no_leftovers(bench, at);
    }
}

fn assert_no_leftovers(bench: &Bench, at: &str) {
    let left = bench.shell("find home -name '.?*'").code(0).out;
    assert_eq!(left, "", "{at}");
}

/// The command under strace, with one thing injected.
fn inject(bench: &Bench, injection: &str, arguments: &[&str]) -> Run {
    let trace = format!("trace={}", CALLS.join(","));
    let mut command = Command::new("strace");
    command.current_dir(bench.path("")).env("USER", "tester").env_remove("SEALPOST_HOME");
    command.args(["-f", "-qq", "-o"]).arg(bench.path("trace")).args(["-e", &trace]);
    if !injection.is_empty() {
        command.args(["-e", injection]);
    }
    command.arg(env!("CARGO_BIN_EXE_sealpost")).arg("--home").arg(bench.home()).args(arguments);
    run(&mut command)
}

/// Every instant of a whole run of the command.
fn instants(bench: &Bench, arguments: &[&str]) -> Vec<Instant> {
    inject(bench, "", arguments).code(0);
    let trace = String::from_utf8(bench.read("trace")).unwrap();
    let count = |call: &str| {
        trace
            .lines()
            .filter(|line| {
                line.split_once(' ').is_some_and(|(_, rest)| rest.trim_start().starts_with(&format!("{call}(")))
            })
            .count()
    };
    CALLS.iter().flat_map(|call| (1..=count(call)).map(move |when| (*call, when))).collect()
}

/// All instants in a long run, else every fifth. Those at which a name changes are always tried: there are few.
fn thinned(instants: &[Instant]) -> Vec<Instant> {
    let long = std::env::var_os("SEALPOST_LONG_TESTS").is_some();
    assert!(instants.len() > 20, "{instants:?}");
    let wanted = |(index, (call, _)): &(usize, &Instant)| long || index % 5 == 0 || call.starts_with("rename");
    instants.iter().enumerate().filter(wanted).map(|(_, instant)| *instant).collect()
}
