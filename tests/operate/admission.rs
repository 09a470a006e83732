//! Which changes may run: what blocks a commit, what is let pass and for how long, and what only gets told.

use std::path::Path;

use sealpost::app::admission::Accepting;
use sealpost::app::change_commit::{CommitOrder, commit};
use sealpost::app::context::Context;
use time::Duration;

use crate::support::authority::{Answer, Authority};
use crate::support::{Bench, Run};

const LISTENER: &str = "listener:IncomingMail";

/// An authority, one below it, and a bench whose profile `mx` holds what the lower one answered.
fn signed(answer: &Answer) -> (Bench, Authority, Authority, Run) {
    let bench = Bench::with_home();
    let root = Authority::root("Private Root");
    let lower = root.intermediate("Private Issuing CA");
    let request = bench.run(["cert", "request", "mx", "--cn", "mx1.example.com"]).code(0).out;
    bench.write("signed.pem", lower.sign(&request, answer));
    bench.write("lower.pem", lower.pem());
    bench.write("root.pem", root.pem());
    let imported =
        bench.run(["cert", "import", "mx", "signed.pem", "lower.pem", "--accept", "cert/expired-leaf"]).code(0);
    (bench, root, lower, imported)
}

fn expired() -> Answer {
    Answer { from: Duration::days(-100), until: Duration::days(-1), names: None }
}

fn edit(bench: &Bench, sed: &str) {
    bench.shell(&format!("sed -i '{sed}' home/staged/sealpost.toml")).code(0);
}

#[test]
fn an_expired_certificate_blocks_and_what_is_still_running_is_told() {
    let (bench, ..) = signed(&expired());
    let bound = bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    bound.err_has("warning[cert/expired-leaf]").err_has("this is an error, which will block the commit");
    bench.run(["change", "show"]).code(0).err_has("this is an error, which will block the commit");
    let blocked = bench.run(["change", "commit", "x"]).code(2);
    blocked
        .err_has("error[cert/expired-leaf]")
        .err_has("presented by listener:IncomingMail")
        .err_has("nothing was committed; revision 1 is still running")
        .err_has("--accept cert/expired-leaf --reason WHY")
        .err_has("help: sealpost cert request mx --key-from mx");
    assert!(!bench.home().join("revisions/000002").exists());
    // The same in one step: nothing is left behind.
    bench.run(["change", "clear", "--force"]).code(0);
    assert!(bench.run(["change", "show"]).code(0).err.contains("nothing is staged"));
}

#[test]
fn a_change_that_is_committed_in_one_step_is_taken_back_when_it_is_blocked() {
    let (bench, ..) = signed(&expired());
    // An unbound profile touches no role.
    bench.run(["change", "commit", "profile"]).code(0);
    bench.run(["role", "bind", LISTENER, "mx", "--commit", "x"]).code(2).err_has("revision 2 is still running");
    bench.run(["change", "show"]).code(0).err_has("nothing is staged; revision 2 runs");
}

#[test]
fn what_is_let_pass_is_kept_with_its_reason_until_it_is_gone() {
    let (bench, _, lower, _) = signed(&expired());
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    let accept = ["--accept", "cert/expired-leaf", "--reason", "the new one comes on Monday", "--until", "2099-01-01"];
    let committed = bench.run([&["change", "commit", "x"], &accept[..]].concat()).code(0);
    committed.err_has("note[cert/expired-leaf]: let pass: ").err_has("reason: the new one comes on Monday");
    let line = "let pass: cert/expired-leaf on listener:IncomingMail until 2099-01-01: the new one comes on Monday";
    bench.run(["change", "history"]).code(0).out_has(line);
    let json = bench.run(["change", "history", "--format", "json"]).code(0).json();
    assert_eq!(json["revisions"][0]["accepted"][0]["roles"], serde_json::json!([LISTENER]), "{json:#}");
    let listed = bench.run(["role", "list", "--format", "json"]).code(0).json();
    assert_ne!(listed["roles"][0]["health"], "error", "{listed:#}");
    // It counts for the next change of the same role, and says since when.
    edit(&bench, "s/mx1.example.com/mx9.example.com/");
    bench
        .run(["change", "commit", "another name"])
        .code(0)
        .err_has("let pass")
        .err_has("warning[name/hostname-mismatch]");
    bench.run(["change", "history"]).code(0).out_has("until 2099-01-01 (since 2): the new one");
    // The answer makes it good, and with the finding the acceptance goes.
    let request = bench.run(["cert", "show", "mx", "--request"]).code(0).out;
    bench.write("renewed.pem", lower.sign(&request, &Answer::default()));
    bench.run(["cert", "import", "mx", "renewed.pem", "lower.pem", "--commit", "renewed"]).code(0);
    let history = bench.run(["change", "history", "--format", "json"]).code(0).json();
    assert!(history["revisions"][0].get("accepted").is_none(), "{history:#}");
}

#[test]
fn an_acceptance_that_expired_no_longer_counts() {
    let (bench, ..) = signed(&expired());
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    let now = time::OffsetDateTime::now_utc();
    let context = |days: i64| Context { home: bench.home(), now: now + Duration::days(days), author: "tester".into() };
    let accepting = |days: i64| Accepting {
        rules: vec!["cert/expired-leaf".into()],
        reasons: vec!["later".into()],
        until: vec![sealpost::model::moment::date(now + Duration::days(days))],
    };
    let order = |accepting| CommitOrder { accepting, ..CommitOrder::default() };
    commit(&context(0), &order(accepting(5))).unwrap();
    edit(&bench, "s/mx1.example.com/mx8.example.com/");
    commit(&context(5), &order(Accepting::default())).unwrap();
    edit(&bench, "s/mx8.example.com/mx9.example.com/");
    let blocked = commit(&context(6), &order(Accepting::default())).unwrap_err();
    assert!(blocked.iter().any(|error| error.code == "cert/expired-leaf"), "{blocked:#?}");
    // A day that has passed is refused when it is given.
    let past = commit(&context(6), &order(accepting(5))).unwrap_err();
    assert!(past.iter().any(|error| error.code == "accept/past"), "{past:#?}");
}

#[test]
fn what_no_engine_could_present_is_never_let_pass() {
    let (bench, ..) = signed(&Answer::default());
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    for rule in ["key/mismatch", "key/missing", "profile/unloadable"] {
        let run = bench.run(["change", "commit", "x", "--accept", rule, "--reason", "why not"]).code(2);
        run.err_has("error[accept/never]").err_has("nothing was committed");
    }
    bench.run(["cert", "request", "other", "--cn", "mx1.example.com"]).code(0);
    bench.shell("cp home/staged/certificates/other/key.pem home/staged/certificates/mx/key.pem").code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[key/mismatch]").err_has("public key of the key:");
    bench.shell("rm home/staged/certificates/mx/key.pem").code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("key.pem");
    assert!(!bench.home().join("revisions/000002").exists());
}

#[test]
fn mistakes_in_what_shall_be_let_pass_are_told_together() {
    let bench = Bench::with_home();
    let run =
        bench.run(["change", "commit", "--accept", "cert/expird-leaf", "--reason", " ", "--until", "monday"]).code(2);
    run.err_has("did you mean `cert/expired-leaf`?").err_has("error[accept/no-reason]").err_has("`monday` is no day");
    bench.run(["change", "commit", "--accept", "cert/eku"]).code(2).err_has("--reason");
    let several = [
        "--accept",
        "cert/eku",
        "--accept",
        "cert/weak-key",
        "--accept",
        "name/no-san",
        "--reason",
        "a",
        "--reason",
        "b",
    ];
    bench.run([&["change", "commit"], &several[..]].concat()).code(2).err_has("error[accept/count]");
}

#[test]
fn a_rule_that_nothing_breaks_is_not_kept_as_let_pass() {
    let (bench, ..) = signed(&Answer::default());
    let run = bench.run(["change", "commit", "x", "--accept", "cert/expired-leaf", "--reason", "just in case"]).code(0);
    run.err_has("warning[accept/unneeded]");
    assert!(!bench.run(["change", "history"]).code(0).out.contains("let pass"));
}

#[test]
fn an_issuer_that_is_missing_blocks_and_importing_it_mends() {
    let (bench, ..) = signed(&Answer::default());
    bench.shell("rm home/staged/certificates/mx/intermediates.pem").code(0);
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    let blocked = bench.run(["change", "commit", "x"]).code(2);
    blocked.err_has("error[chain/missing-intermediate]").err_has("help: sealpost cert import mx INTERMEDIATE.pem");
    bench.run(["cert", "import", "mx", "lower.pem"]).code(0);
    // Above it may be a private root, which is no reason to stop.
    bench
        .run(["change", "commit", "x"])
        .code(0)
        .err_has("warning[chain/unknown-root]: the chain leads to Private Root");
}

#[test]
fn a_private_root_that_is_trusted_here_is_a_warning_for_the_world() {
    let (bench, ..) = signed(&Answer::default());
    bench.run(["authority", "import", "root.pem"]).code(0);
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    bench
        .run(["change", "commit", "x"])
        .code(0)
        .err_has("warning[chain/untrusted-root]: the chain ends at Private Root");
}

#[test]
fn a_certificate_for_another_use_blocks() {
    crate::needs!("openssl");
    let bench = Bench::with_home();
    let make = "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=mx1.example.com \
                -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:mx1.example.com";
    bench.shell(&format!("{make} -addext extendedKeyUsage=clientAuth 2>&1")).code(0);
    bench.run(["cert", "import", "client", "k.pem", "c.pem"]).code(0);
    bench.run(["role", "bind", LISTENER, "client"]).code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[cert/eku]");
    bench.run(["role", "unbind", LISTENER]).code(0);
    bench.run(["role", "bind", "outbound", "client"]).code(0);
    bench.run(["change", "commit", "x"]).code(0);
    // The other way round it is a warning, until a destination insists.
    bench.shell(&format!("{make} -addext extendedKeyUsage=serverAuth 2>&1")).code(0);
    bench.run(["cert", "import", "server", "k.pem", "c.pem"]).code(0);
    bench.run(["role", "bind", "outbound", "server"]).code(0).err_has("warning[cert/eku-client-auth]");
    bench.shell("printf '\\n[destination.\"example.org\"]\\nclient-certificate-required = true\\n' >> home/staged/sealpost.toml").code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[cert/eku-client-auth]");
}

#[test]
fn findings_on_other_roles_are_told_and_never_block() {
    let (bench, ..) = signed(&expired());
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    bench
        .run(["change", "commit", "x", "--accept", "cert/expired-leaf", "--reason", "now", "--until", "2099-01-01"])
        .code(0);
    // The acceptance is taken out of the record, as if its day had passed.
    bench.shell("sed -i 's/2099-01-01/2020-01-01/' home/revisions/000002/commit.toml").code(0);
    bench.run(["cert", "new", "other", "--cn", "mx1.example.com"]).code(0);
    let committed = bench.run(["role", "bind", "outbound", "other", "--commit", "y", "--with-pending"]).code(0);
    let committed = committed.err_has("warning[chain/self-signed-leaf]").err_has("note[role/untouched]");
    let committed = committed.err_has("listener:IncomingMail: 1 error, 1 warning (cert/expired-leaf");
    assert!(!committed.err.contains("error["), "{}", committed.err);
}

#[test]
fn a_rollback_goes_through_the_same_door() {
    let (bench, ..) = signed(&expired());
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    bench.run(["change", "commit", "x", "--accept", "cert/expired-leaf", "--reason", "now"]).code(0);
    bench.run(["role", "unbind", LISTENER, "--commit", "away"]).code(0);
    // What was let pass with that revision still is; taken out, it blocks.
    bench.run(["change", "rollback", "2"]).code(0).err_has("let pass");
    bench.run(["change", "rollback", "3"]).code(0);
    bench.shell("sed -i '/accepted/,$d' home/revisions/000002/commit.toml").code(0);
    bench
        .run(["change", "rollback", "2"])
        .code(2)
        .err_has("error[cert/expired-leaf]")
        .err_has("revision 5 is still running");
    bench.run(["change", "rollback", "2", "--accept", "cert/expired-leaf", "--reason", "needed"]).code(0);
}

#[test]
fn edits_on_a_stale_base_are_not_committed_unasked() {
    let (bench, ..) = signed(&Answer::default());
    bench.run(["change", "commit", "x"]).code(0);
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    bench.run(["change", "rollback", "1"]).code(0).err_has("note[change/stale]");
    let stale = bench.run(["change", "commit", "y"]).code(2);
    stale.err_has("error[change/stale]").err_has("revision 3");
    // On top of what runs now, the role names a profile that is gone.
    let gone = bench.run(["change", "commit", "y", "--rebase"]).code(2);
    gone.err_has("error[profile/unknown]: listener:IncomingMail cannot present profile `mx`: there is no such profile");
}

#[test]
fn a_role_with_a_profile_that_is_not_there_is_not_committed() {
    let bench = Bench::with_home();
    add(&bench.home(), "\n[role]\n\"listener:IncomingMail\" = \"nobody\"\n\"outbound\" = \"nobody\"\n");
    let run = bench.run(["change", "commit", "x"]).code(2);
    run.err_has("listener:IncomingMail cannot present profile `nobody`")
        .err_has("outbound cannot present profile `nobody`");
    bench.run(["role", "list"]).code(0).out_has("error: there is no such profile");
    bench.run(["cert", "request", "nobody", "--cn", "mx1.example.com"]).code(0);
    let run = bench.run(["change", "commit", "x"]).code(2);
    run.err_has("error[profile/no-certificate]: listener:IncomingMail cannot present profile `nobody`");
    bench.run(["role", "list"]).code(0).out_has("error: it has no certificate");
}

fn add(home: &Path, text: &str) {
    let file = home.join("staged/sealpost.toml");
    let old = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, old + text).unwrap();
}
