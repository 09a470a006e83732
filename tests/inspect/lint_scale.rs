//! `sealpost lint` over more files than a person reads: told while it goes on, in order, with a table and the worst files at the end.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::Duration;

use expectrl::{Eof, Expect, Session};

use crate::support::Bench;
use crate::support::authority::Authority;

/// `many/`: 200 files, every tenth with the issuer first, every twentieth twice over; all under `root.pem`.
fn bench() -> Bench {
    let bench = Bench::new();
    let root = Authority::root("Example Root");
    let issuing = root.intermediate("Example Issuing");
    let (_, leaf) = issuing.issue("mx1.example.com");
    bench.write("root.pem", root.pem());
    std::fs::create_dir(bench.path("many")).unwrap();
    for index in 0..200 {
        let text = match (index % 10, index % 20) {
            (0, 0) => format!("{0}{leaf}{0}", issuing.pem()),
            (0, _) => format!("{}{leaf}", issuing.pem()),
            _ => format!("{leaf}{}", issuing.pem()),
        };
        bench.write(&format!("many/{index:03}.pem"), text);
    }
    bench
}

const ASKED: [&str; 5] = ["lint", "--trust", "root.pem", "--ruleset", "private-ca"];

fn lint(bench: &Bench, arguments: &[&str]) -> crate::support::Run {
    bench.run(ASKED.iter().chain(arguments))
}

#[test]
fn of_many_files_the_lines_that_matter_a_table_and_the_worst_are_told() {
    let bench = bench();
    let run = lint(&bench, &["many"]).code(1);
    let lines: Vec<&str> = run.out.lines().take_while(|line| !line.starts_with("findings")).collect();
    assert_eq!(lines.len(), 20, "one error in every tenth file, and no warning: {lines:#?}");
    assert!(lines[0].starts_with("many/000.pem:1: error[chain/leaf-not-first]: "), "{}", lines[0]);
    assert!(lines.is_sorted(), "{lines:#?}");
    let table = "      20       20  error    chain/leaf-not-first
      10       10  warning  chain/duplicate
     200      200  note     cert/validity-too-long

worst files
  many/000.pem: 1 error, 1 warning, 1 note
  many/020.pem: 1 error, 1 warning, 1 note
";
    let run = run
        .out_has(table)
        .err_has("200 files, 410 certificates: 20 errors, 10 warnings, 200 notes (private-ca); --fix mends 30")
        .err_has("next: sealpost lint many/000.pem --trust root.pem --ruleset private-ca");
    assert!(run.out.ends_with("  many/180.pem: 1 error, 1 warning, 1 note\n\n"), "ten are named\n{}", run.out);
    // The severity that counts is the one that is told.
    let strict = lint(&bench, &["many", "--fail-on", "warning"]).code(1);
    assert_eq!(strict.out.lines().filter(|line| line.contains("warning[chain/duplicate]")).count(), 10);
    // What is proposed works.
    lint(&bench, &["many/000.pem"]).code(1).out_has("└─ [1] Example Issuing");
}

/// The last of the files is standard input, which is held open until the first have been told.
#[test]
fn files_are_told_while_others_are_still_read() {
    let bench = bench();
    for form in ["text", "json", "sarif", "junit", "github"] {
        let mut command = bench.sealpost();
        command.args(ASKED).args(["many", "-", "--format", form, "--fail-on", "note"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("many/100.pem") {
            assert_ne!(stdout.read_line(&mut told).unwrap(), 0, "{form}: it ended without a word\n{told}");
        }
        stdin.write_all(&bench.read("many/001.pem")).unwrap();
        drop(stdin);
        stdout.read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{form}");
        match form {
            "json" => {
                let answer: serde_json::Value = serde_json::from_str(&told).unwrap();
                assert_eq!(answer["files"].as_array().unwrap().len(), 201);
                assert_eq!(answer["files"][200]["file"], "-");
                assert_eq!(answer["counts"]["files"], 201);
            }
            "sarif" => drop(serde_json::from_str::<serde_json::Value>(&told).unwrap()),
            "junit" => assert!(told.ends_with("</testsuites>\n") && told.matches("<testsuite ").count() == 201),
            _ => assert!(!told.is_empty()),
        }
    }
}

#[test]
fn whoever_stops_reading_stops_nobody_else() {
    let bench = bench();
    bench.shell(&format!("'{}' lint many --trust root.pem | head -n 1", env!("CARGO_BIN_EXE_sealpost"))).code(0);
}

/// A bar on a terminal, which leaves nothing behind; none beside it.
#[test]
fn progress_is_shown_on_a_terminal_only() {
    let bench = bench();
    assert!(!lint(&bench, &["many"]).err.contains(" of 200 files"));
    let mut command = bench.sealpost();
    command.env("TERM", "xterm").args(ASKED).args(["many", "--format", "github"]);
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(120)));
    session.expect("of 200 files").unwrap();
    session.expect(Eof).unwrap();
}
