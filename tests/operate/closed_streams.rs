//! Standard input closed, standard output closed or full: every command ends with an exit code, and none with a panic.

use crate::support::{Bench, Run};

/// Every kind of command; those that change something are harmless to repeat.
const COMMANDS: &[&str] = &[
    "--help",
    "--version",
    "init --hostname mx1.example.com",
    "show both.pem",
    "show -",
    "convert both.pem --to pem",
    "convert both.pem --to der",
    "convert both.pem --to pkcs12 --out x.p12",
    "cert list",
    "cert show mx --full",
    "cert show mx --request",
    "cert new again --cn mx1.example.com --commit again",
    "cert request again --key-from again",
    "cert import other both.pem",
    "cert import other -",
    "cert export mx --to pem",
    "cert export mx --to pkcs12 --password-file - --out x.p12",
    "cert rename mx mx",
    "cert remove nothing",
    "certconfig",
    "verify both.pem --trust none",
    "change show",
    "change commit x",
    "change clear",
    "change history",
    "change rollback 1",
    "change prune --keep 5",
    "completions bash",
    "man",
    "schema",
    "schema sealpost.error/1",
];

fn bench() -> Bench {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com", "--commit", "first"]).code(0);
    bench.shell("cat home/running/certificates/mx/key.pem home/running/certificates/mx/certificate.pem > both.pem; chmod 600 both.pem").code(0);
    bench
}

/// The command with its streams as `streams` says in the shell's words.
#[track_caller]
fn with(bench: &Bench, command: &str, streams: &str) -> Run {
    let program = env!("CARGO_BIN_EXE_sealpost");
    let run = bench.shell(&format!("SEALPOST_HOME='{}' '{program}' {command} {streams}", bench.home().display()));
    assert!(!run.err.contains("panicked"), "{command} {streams}\n{}", run.err);
    assert!((0..=2).contains(&run.code), "{command} {streams}: {}\n{}", run.code, run.err);
    run
}

#[test]
fn every_command_lives_without_its_streams() {
    let bench = bench();
    for command in COMMANDS {
        for streams in [
            "<&-",
            "</dev/null >&-",
            "</dev/null 2>&-",
            "<&- >&- 2>&-",
            "</dev/null >/dev/full",
            "</dev/null 2>/dev/full",
        ] {
            for format in ["", "--format json"] {
                with(&bench, &format!("{command} {format}"), streams);
            }
        }
    }
}

#[test]
fn what_nobody_could_read_is_not_done() {
    let bench = bench();
    for command in [
        "show both.pem",
        "convert both.pem --to pem --part leaf",
        "cert list",
        "cert show mx",
        "cert export mx --to pem",
        "change history",
        "completions bash",
        "man",
        "schema",
        "cert list --format json",
        "change show --format json",
    ] {
        let full = with(&bench, command, "</dev/null >/dev/full");
        assert_eq!(full.code, 2, "{command}");
        full.err_has("error[output/unwritable]");
        // Nobody listens: that is no error.
        let head = with(&bench, command, "</dev/null | head -c 1 >/dev/null");
        assert!(!head.err.contains("error["), "{command}: {}", head.err);
    }
}

#[test]
fn without_standard_input_a_question_ends_and_nothing_is_staged() {
    let bench = bench();
    with(&bench, "certconfig", "<&-").code(0);
    with(&bench, "show -", "<&-").code(2).err_has("error[");
    with(&bench, "cert import other -", "<&-").code(2).err_has("error[").err_has("help: ");
    with(&bench, "cert export mx --to pkcs12 --out x.p12", "<&-").code(2).err_has("error[password/missing]");
    with(&bench, "cert export mx --to pkcs12 --password-file - --out x.p12", "<&-")
        .code(2)
        .err_has("error[password/empty]");
    assert!(!bench.path("x.p12").exists());
    bench.run(["change", "show"]).code(0).err_has("nothing is staged");
}
