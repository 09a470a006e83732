//! `destconfig` on a real terminal: the session of the documents to the letter, and Ctrl-C and Ctrl-D at every prompt.

use expectrl::{ControlCode, Eof, Expect};

use crate::support::Bench;
use crate::support::terminal::on_a_terminal;
use crate::transcript::{answers, snapshot};

const SESSION: &str = include_str!("../../testdata/dialogues/destconfig.txt");

#[test]
fn the_session_of_the_documents_looks_as_it_does_there() {
    let bench = Bench::with_home();
    let mut session = on_a_terminal(&bench, &["destconfig"]);
    let mut seen = Vec::new();
    for answer in answers(SESSION).lines() {
        let found = session.expect("]> ").unwrap();
        seen.extend(found.before().iter().chain(found.get(0).unwrap()).copied());
        session.send_line(answer).unwrap();
    }
    seen.extend(session.expect(Eof).unwrap().before());
    let seen = String::from_utf8(seen).unwrap().replace('\r', "");
    assert_eq!(seen.trim_end(), SESSION.trim_end());
}

#[test]
fn an_interrupt_or_the_end_of_input_at_every_prompt_drops_the_operation() {
    let bench = Bench::with_home();
    bench.run(["destination", "set", "a.example", "--commit", "x"]).code(0);
    let before = snapshot(&bench);
    let operations: [&[&str]; 7] = [
        &["new", "b.example", "y", "20", "y", "30", "y", "60", "300", "1", "1", "y", "5", "y", "y", "y", "1", "y", "1"],
        &["default", "20", "30", "y", "60", "300", "1", "1", "2", "y", "1", "1"],
        &["edit", "a.example", "n"],
        &["delete", "a.example"],
        &["clear", "y"],
        &["setup", "1", "y"],
        &["import", "file"],
    ];
    for operation in operations {
        for length in 1..operation.len() {
            for control in [ControlCode::EndOfText, ControlCode::EndOfTransmission] {
                let mut session = on_a_terminal(&bench, &["destconfig"]);
                for line in &operation[..length] {
                    session.expect("]> ").unwrap();
                    session.send_line(*line).unwrap();
                }
                session.expect("]> ").unwrap();
                session.send(control).unwrap();
                if control == ControlCode::EndOfTransmission {
                    session.expect("the input ended before the question was answered").unwrap();
                }
                session.expect(Eof).unwrap_or_else(|error| panic!("{operation:?} {length} {control:?}: {error}"));
                assert_eq!(snapshot(&bench), before, "{operation:?} after {length} answers, {control:?}");
            }
        }
    }
}
