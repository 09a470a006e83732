//! On a real terminal: passwords are not shown, and Ctrl-C and Ctrl-D in `certconfig` change nothing.

use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect};

use crate::cert_export::Signed;
use crate::support::Bench;
use crate::support::terminal::{on_a_terminal, until_hidden};

/// The dialogue on a terminal of its own.
fn dialogue(bench: &Bench) -> OsSession {
    on_a_terminal(bench, &["certconfig"])
}

/// What came since the last look, up to `text`, that included.
fn until(session: &mut OsSession, text: &str) -> String {
    let found = session.expect(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    String::from_utf8_lossy(&found.before().iter().chain(found.get(0).unwrap()).copied().collect::<Vec<_>>())
        .into_owned()
}

/// As `until`, for the question after which the terminal shows nothing any more.
fn until_secret(session: &mut OsSession, text: &str) -> String {
    let seen = until(session, text);
    until_hidden(session);
    seen
}

fn say(session: &mut OsSession, line: &str) {
    session.send_line(line).unwrap();
}

fn files(bench: &Bench) -> String {
    bench.shell("find home/staged home/revisions -type f -exec sha256sum {} + | sort; ls | sort").code(0).out
}

#[test]
fn a_password_is_not_shown() {
    let signed = Signed::new();
    let mut session = dialogue(&signed.bench);
    until(&mut session, "[]> ");
    say(&mut session, "certificate");
    assert!(until(&mut session, "[]> ").starts_with("certificate"), "this terminal shows what is typed");
    say(&mut session, "export");
    until(&mut session, "[1]> ");
    say(&mut session, "mx");
    until(&mut session, "[mx.p12]> ");
    say(&mut session, "");
    until_secret(&mut session, "Enter a password for mx.p12:");
    say(&mut session, "correct horse");
    let mut seen = until_secret(&mut session, "Enter it again:");
    say(&mut session, "correct horse");
    seen += &until(&mut session, "wrote mx.p12");
    seen += &until(&mut session, "[]> ");
    assert!(!seen.contains("correct") && !seen.contains("horse"), "{seen:?}");
    say(&mut session, "");
    until(&mut session, "[]> ");
    say(&mut session, "");
    session.expect(Eof).unwrap();
    assert!(sealpost::formats::pkcs12::open(&signed.bench.read("mx.p12"), "correct horse").is_ok());
}

#[test]
fn an_interrupt_or_the_end_of_input_changes_nothing() {
    let signed = Signed::new();
    let bench = &signed.bench;
    signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "old.p12"]).code(0);
    let before = files(bench);
    // Up to a question of NEW, and up to a password.
    let new = [("[]> ", "certificate"), ("[]> ", "new"), ("[]> ", "lab"), ("[mx1.example.com]> ", "")];
    let import = [("[]> ", "certificate"), ("[]> ", "import"), ("[]> ", "old.p12"), ("[]> ", "copy")];
    for (answers, question) in [(new, "[mx1.example.com]> "), (import, "Enter the password:")] {
        for control in [ControlCode::EndOfText, ControlCode::EndOfTransmission] {
            let mut session = dialogue(bench);
            for (prompt, line) in answers {
                until(&mut session, prompt);
                say(&mut session, line);
            }
            match question.ends_with(':') {
                true => until_secret(&mut session, question),
                false => until(&mut session, question),
            };
            session.send(control).unwrap();
            // At a password Ctrl-C is caught, because a terminal that shows nothing must not be left behind.
            if control == ControlCode::EndOfTransmission || question.ends_with(':') {
                until(&mut session, "the input ended before the question was answered");
                assert!(session.get_process().get_echo().unwrap(), "{question} {control:?}");
            }
            session.expect(Eof).unwrap_or_else(|error| panic!("{question} {control:?}: {error}"));
            assert_eq!(files(bench), before, "{question} {control:?}");
        }
    }
}

#[test]
fn commands_ask_for_passwords_too() {
    let signed = Signed::new();
    let bench = &signed.bench;
    let mut session = on_a_terminal(bench, &["cert", "export", "mx", "--to", "pkcs12", "--out", "mx.p12"]);
    let mut seen = until_secret(&mut session, "new password for mx.p12:");
    say(&mut session, "correct horse");
    seen += &until_secret(&mut session, "the same again:");
    say(&mut session, "correct horse");
    seen += &until(&mut session, "wrote mx.p12");
    session.expect(Eof).unwrap();
    let mut session = on_a_terminal(bench, &["cert", "import", "copy", "mx.p12"]);
    // What it is comes before the question.
    seen += &until(&mut session, "AES-256-CBC");
    seen += &until_secret(&mut session, "password of mx.p12:");
    say(&mut session, "wrong");
    seen += &until(&mut session, "wrong password");
    seen += &until_secret(&mut session, "password of mx.p12:");
    say(&mut session, "correct horse");
    seen += &until(&mut session, "staged profile copy");
    session.expect(Eof).unwrap();
    assert!(!seen.contains("horse"), "{seen:?}");
    // Ctrl-C there leaves a terminal that shows what is typed.
    let mut session = on_a_terminal(bench, &["cert", "import", "other", "mx.p12"]);
    until_secret(&mut session, "password of mx.p12:");
    session.send(ControlCode::EndOfText).unwrap();
    session.expect(Eof).unwrap();
    assert!(session.get_process().get_echo().unwrap());
    // Nobody is asked where that was forbidden.
    let mut session = on_a_terminal(bench, &["cert", "import", "other", "mx.p12", "--no-input"]);
    until(&mut session, "error[password/missing]");
    session.expect(Eof).unwrap();
}
