//! `destconfig` from a pipe: the session of the documents, every operation, and dialogues that end in the middle.

use crate::support::{Bench, run_with};
use crate::transcript::{answer, answers, from_a_pipe, snapshot, staged_text};

const SESSION: &str = include_str!("../../testdata/dialogues/destconfig.txt");

fn row(bench: &Bench, domain: &str) -> serde_json::Value {
    let list = bench.run(["destination", "list", "--format", "json"]).code(0).json();
    let rows = list["rows"].as_array().unwrap().clone();
    rows.into_iter().find(|row| row["domain"] == domain).unwrap_or_default()
}

#[test]
fn the_session_of_the_documents_goes_line_by_line() {
    let bench = Bench::with_home();
    let run = run_with(bench.sealpost().arg("destconfig"), answers(SESSION).as_bytes()).code(0);
    assert_eq!(run.out, from_a_pipe(SESSION));
    assert_eq!(run.err, "");
    assert!(staged_text(&bench).contains("\n[destination.\"example.com\"]\ntls = \"required\"\n"));
    bench.run(["change", "show"]).code(0).out_has("+[destination.\"example.com\"]");
}

#[test]
fn every_question_has_its_answer_in_the_row() {
    let bench = Bench::with_home();
    let new = [
        "new",
        ".Example.NET",
        "",
        "2000",
        "20",
        "y",
        "30",
        "y",
        "",
        "2,000,000,000",
        "300",
        "2",
        "2",
        "y",
        "5",
        "y",
        "y",
        "y",
        "",
        "y",
        "Require IPv4",
        "",
    ];
    let run = answer(&bench, "destconfig", &new).code(0);
    // In the order in which they are asked.
    let questions = [
        "limit for .example.net? [Y]>",
        "Enter the max concurrency limit for \".example.net\".\n[500]>",
        "Please enter a number from 1 to 1000.",
        "Do you wish to apply a messages-per-connection limit to this domain? [N]>",
        "limit for \".example.net\".\n[50]>",
        "Do you wish to apply a recipient limit to this domain? [N]>",
        "Enter the number of minutes used to measure the recipient limit.\n[60]>",
        "Enter the max number of recipients per 60 minutes for \".example.net\".\n[]>",
        "Please enter a number from 0 to 1000000000.",
        "Select how you want to apply the limits for .example.net:\n1. One limit",
        "Select how the limits will be enforced:\n1. System Wide.\n2. Per source interface.\n[1]>",
        "You have chosen to enable TLS.",
        "Perform bounce verification address tagging? [N]>",
        "Please choose a bounce profile to apply:\n1. (Default)\n[1]>",
        "4. Require IPv4\n[1]>",
        "note[destination/verified-name]",
        "There are currently 2 entries configured.",
    ];
    let mut rest = run.out.as_str();
    for question in questions {
        let at = rest.find(question).unwrap_or_else(|| panic!("{question}\n--- in\n{rest}"));
        rest = &rest[at + question.len()..];
    }
    let wanted = serde_json::json!({
        "domain": ".example.net", "concurrency": 20, "messages_per_connection": 30, "recipients": "300 per 60 minutes",
        "limit_scope": "mx-address", "limit_apply": "interface", "tls": "required-verify", "bounce_verification": true,
        "bounce_profile": "(Default)", "ip_preference": "require-v4",
    });
    assert_eq!(row(&bench, ".example.net"), wanted);
    // What EDIT asks stands on what is there; a no inherits again, and what is not asked for stays.
    bench.run(["destination", "set", ".example.net", "--verify-names", "mx.example.net"]).code(0);
    let edit = ["edit", ".example.net", "", "", "n", "n", "", "", "", "", "n", "n", "n", ""];
    let run = answer(&bench, "destconfig", &edit).code(0);
    assert!(run.out.contains("[20]>") && run.out.contains("[5]>"), "{}", run.out);
    let wanted = serde_json::json!({
        "domain": ".example.net", "concurrency": 20, "limit_scope": "mx-address", "limit_apply": "interface",
        "tls": "required-verify", "verify_names": ["mx.example.net"],
    });
    assert_eq!(row(&bench, ".example.net"), wanted);
}

#[test]
fn default_changes_what_rows_inherit_and_writes_down_only_that() {
    let bench = Bench::with_home();
    let run = answer(&bench, "destconfig", &["default", "", "", "", "", "", "2", "", "", "", "list", ""]).code(0);
    assert!(
        run.out.contains("\n(Default)  On        Preferred    Off           (Default)  Prefer IPv6\n"),
        "{}",
        run.out
    );
    assert!(
        staged_text(&bench).contains("\n[destination]\ntls = \"preferred\" # preferred, required"),
        "{}",
        staged_text(&bench)
    );
    answer(&bench, "destconfig", &["setup", "y", ""]).code(0);
    assert!(staged_text(&bench).contains("\n[alerts]\ntls-required = true\n"), "{}", staged_text(&bench));
}

#[test]
fn rows_are_looked_at_removed_and_carried_in_files() {
    let bench = Bench::with_home();
    for domain in ["a.example", "b.example", ".c.example"] {
        bench.run(["destination", "set", domain, "--tls", "required"]).code(0);
    }
    let run = answer(&bench, "destconfig", &["detail", "a.example", "detail", "", ""]).code(0);
    assert_eq!(run.out.matches("  tls                          required").count(), 4, "{}", run.out);
    let answers =
        ["export", "out.ini", "delete", "x.example", "b.example", "clear", "", "clear", "y", "import", "out.ini", ""];
    let run = answer(&bench, "destconfig", &answers).code(0);
    let counts: Vec<&str> = run.out.lines().filter(|line| line.starts_with("There are currently")).collect();
    let count = |count: usize| format!("There are currently {count} entries configured.");
    assert_eq!(counts, [count(3), count(1), count(4)], "{}", run.out);
    assert!(run.out.contains("There is no entry for x.example."), "{}", run.out);
    // A file is replaced only after a yes.
    bench.write("out.ini", "mine");
    answer(&bench, "destconfig", &["export", "out.ini", "", ""]).code(0);
    assert_eq!(bench.read("out.ini"), b"mine");
    answer(&bench, "destconfig", &["export", "out.ini", "y", ""]).code(0);
    assert!(bench.read("out.ini").starts_with(b"[DEFAULT]\n"));
    // A bad file is told, the dialogue goes on, and its exit code remembers.
    bench.write("bad.ini", "[d.example]\ntable_tls = 9\n");
    let run = answer(&bench, "destconfig", &["import", "bad.ini", "list", ""]).code(2);
    assert!(run.out.contains("bad.ini line 2") && run.out.contains("a.example"), "{}", run.out);
}

#[test]
fn a_dialogue_that_ends_in_the_middle_keeps_what_was_finished() {
    let bench = Bench::with_home();
    let finished = ["new", "a.example", "n", "n", "n", "n", "n", "n", "n"];
    let full =
        ["new", "b.example", "", "20", "y", "30", "y", "", "300", "2", "2", "y", "6", "y", "y", "y", "", "y", "2"];
    let run = answer(&bench, "destconfig", &finished).code(0);
    assert!(run.out.ends_with("[]> \n"), "{}", run.out);
    let before = snapshot(&bench);
    // Ends at every question of the second operation.
    for length in 1..full.len() {
        let run = answer(&bench, "destconfig", &full[..length]).code(2);
        run.err_has("the input ended before the question was answered").err_has("sealpost change show");
        assert_eq!(snapshot(&bench), before, "after {length} answers");
    }
    answer(&bench, "destconfig", &full).code(0);
    assert_ne!(snapshot(&bench), before);
}

#[test]
fn what_cannot_be_is_asked_for_again() {
    let bench = Bench::with_home();
    bench.run(["destination", "set", "a.example"]).code(0);
    let run =
        answer(&bench, "destconfig", &["new", "", "*.example.com", "a_b.example", "A.example", "b.example"]).code(2);
    for told in [
        "An answer is needed here.",
        "Did you mean .example.com?",
        "underscore",
        "There is an entry for a.example already",
    ] {
        assert!(run.out.contains(told), "{told}\n{}", run.out);
    }
    bench.run(["destconfig", "--format", "json"]).code(2).out_has("sealpost destination --help");
}
