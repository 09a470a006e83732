//! Where passwords come from, and what is said when they are missing, wrong or unreadable.

use std::path::Path;

use expectrl::Expect;

use crate::support::terminal::{on_a_terminal, until_hidden};
use crate::support::{Bench, run, run_with};

fn bench() -> Bench {
    let bench = Bench::new();
    for name in ["server.p12", "encrypted.key"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/show").join(name);
        bench.write(name, std::fs::read(path).unwrap());
    }
    bench
}

const OPENED: &str = "PKCS#12, 2 certificates, 1 private key";

#[test]
fn a_file_a_variable_and_standard_input_open() {
    let bench = bench();
    for (name, text) in
        [("lf", "secret\n"), ("crlf", "secret\r\n"), ("bare", "secret"), ("third", "one\ntwo\nsecret\n")]
    {
        bench.write(name, text);
        bench.run(["show", "server.p12", "--password-file", name]).code(0).out_has(OPENED);
    }
    let from_stdin = ["show", "server.p12", "--password-file", "-"];
    run_with(bench.sealpost().args(from_stdin), b"secret\n").code(0).out_has(OPENED);
    let from_variable = ["show", "server.p12", "--password-env", "THE_SECRET"];
    run(bench.sealpost().args(from_variable).env("THE_SECRET", "secret")).code(0).out_has(OPENED);
}

#[test]
fn a_wrong_password_is_called_wrong_and_never_shown() {
    let bench = bench();
    bench.write("password", "hunter2\n secret\n");
    let wrong = bench.run(["show", "server.p12", "--password-file", "password"]).code(2);
    let wrong = wrong.err_has("error[password/wrong]: none of the 2 passwords opens `server.p12`").err_has("PBES2");
    assert!(!(wrong.out + &wrong.err).contains("hunter2"));
}

#[test]
fn one_password_serves_every_file_that_it_opens() {
    let bench = bench();
    bench.write("password", "other\nsecret\n");
    let run = bench.run(["show", "server.p12", "encrypted.key", "server.p12", "--password-file", "password"]);
    assert!(!run.code(0).out.contains("locked"));
}

#[test]
fn without_a_password_the_protection_and_the_flag_are_named() {
    let run = bench().run(["--no-input", "show", "server.p12"]).code(0);
    let run = run.out_has("PBKDF2-HMAC-SHA-256 (2,048 iterations), AES-256-CBC");
    run.err_has("note[password/missing]: `server.p12` needs a password").err_has("--password-file");
}

#[test]
fn a_password_that_cannot_be_read_is_an_error_of_its_own() {
    let bench = bench();
    bench.write("empty", "");
    bench.write("blank", "\r\n\n");
    bench.write("latin1", b"p\xe4ss\n");
    bench.write("huge", vec![b'x'; (64 << 10) + 1]);
    for (file, code) in [
        ("missing", "input/missing"),
        (".", "input/directory"),
        ("empty", "password/empty"),
        ("blank", "password/empty"),
        ("latin1", "password/not-text"),
        ("huge", "input/too-large"),
    ] {
        let run = bench.run(["show", "server.p12", "--password-file", file]).code(2);
        assert!(run.err.contains(&format!("error[{code}]")) && run.err.contains("help:"), "{file}: {}", run.err);
    }
    bench.run(["show", "server.p12", "--password-env", "NOT_SET"]).code(2).err_has("`NOT_SET` is not set");
    run(bench.sealpost().args(["show", "server.p12", "--password-env", "BLANK"]).env("BLANK", ""))
        .code(2)
        .err_has("is empty");
    bench.run(["show", "-", "--password-file", "-"]).code(2).err_has("error[input/standard-input-twice]");
}

#[test]
fn on_a_terminal_the_password_is_asked_for_once_and_without_echo() {
    let bench = bench();
    let mut terminal = on_a_terminal(&bench, &["show", "server.p12", "encrypted.key"]);
    terminal.expect("PBKDF2-HMAC-SHA-256 (2,048 iterations)").unwrap();
    terminal.expect("password of server.p12").unwrap();
    until_hidden(&mut terminal);
    terminal.send_line("hunter2").unwrap();
    let between = terminal.expect("wrong password").unwrap();
    assert!(!String::from_utf8_lossy(between.before()).contains("hunter2"), "the password was echoed");
    terminal.expect("password of server.p12").unwrap();
    until_hidden(&mut terminal);
    terminal.send_line("secret").unwrap();
    // A second question would come here, before anything is shown.
    let between = terminal.expect("who issued whom").unwrap();
    let shown = String::from_utf8_lossy(between.before()).into_owned();
    assert!(shown.contains("private key, line 1") && !shown.contains("password of encrypted.key"), "{shown}");
}
