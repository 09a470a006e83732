//! The `age` program opens what `config save --encrypt` wrote, and `config load` opens what it wrote.

use std::process::Command;
use std::time::Duration;

use expectrl::{Eof, Expect, Session};

use crate::needs;
use crate::support::Bench;

/// `age` asks on the terminal, and nowhere else.
fn age(bench: &Bench, arguments: &[&str], questions: &[&str]) {
    let mut command = Command::new("age");
    command.current_dir(bench.path("")).args(arguments);
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(120)));
    for question in questions {
        session.expect(*question).unwrap();
        session.send_line("correct horse battery").unwrap();
    }
    session.expect(Eof).unwrap();
}

#[test]
fn age_opens_our_file_and_we_open_its() {
    needs!("age");
    let bench = Bench::with_home();
    bench.write("pw", "correct horse battery\n");
    bench.run(["cert", "new", "lab", "--cn", "mx1.example.com", "--commit", "x"]).code(0);
    bench.run(["config", "save", "--encrypt", "--password-file", "pw", "--out", "ours.age"]).code(0);
    age(&bench, &["-d", "-o", "plain", "ours.age"], &["passphrase"]);
    let plain = String::from_utf8(bench.read("plain")).unwrap();
    assert!(plain.starts_with("sealpost.configuration/1\nsecrets: plain\n"), "{plain}");
    assert!(plain.contains("==> certificates/lab/key.pem <==\n-----BEGIN PRIVATE KEY-----\n"), "{plain}");
    // Binary, as `age` writes it unless told otherwise.
    age(&bench, &["-p", "-o", "theirs.age", "plain"], &["passphrase", "onfirm"]);
    bench.run(["cert", "remove", "lab", "--commit", "x"]).code(0);
    bench.run(["config", "load", "theirs.age", "--password-file", "pw"]).code(0).err_has("1 profile put");
}
