//! `sealpost send`: what it says of one message, for each setting and each kind of mail host.

use crate::support::smtp::SinkProcess;
use crate::support::{Bench, run_with, sealpost};

const SETTINGS: [&str; 6] =
    ["no", "preferred", "required", "preferred-verify", "required-verify", "required-verify-hosted"];

/// A heading for each kind of host, as `sealpost sink` takes it; below it a line for each setting with the exit code. `ADDR` is the
/// host's address, `DATE` the day on which its certificate expired.
const WORDS: &str = include_str!("../../testdata/send/settings.txt");

#[test]
fn every_setting_says_what_came_of_it_with_every_kind_of_host() {
    let bench = Bench::new();
    let (farm, roots) = (bench.path("farm.pem"), bench.path("roots.pem"));
    let mut seen = String::new();
    for kind in WORDS.lines().filter_map(|line| line.strip_prefix("== ")) {
        let mut arguments = vec!["--authority", farm.to_str().unwrap()];
        arguments.extend(kind.split(' '));
        let sink = SinkProcess::start(&arguments);
        let blocks = pem::parse_many(std::fs::read(&farm).unwrap()).unwrap();
        std::fs::write(&roots, pem::encode(blocks.iter().find(|block| block.tag() == "CERTIFICATE").unwrap())).unwrap();
        let address = sink.address.to_string();
        seen.push_str(&format!("== {kind}\n"));
        for setting in SETTINGS {
            let run = bench.run([
                "send",
                "--to",
                "you@example.com",
                "--host",
                &address,
                "--tls",
                setting,
                "--trust",
                "roots.pem",
            ]);
            let words = without_date(&run.err.replace(&address, "ADDR"));
            seen.push_str(&format!("{} {setting}: {words}", run.code));
        }
    }
    for (seen, wanted) in seen.lines().zip(WORDS.lines()) {
        assert_eq!(seen, wanted);
    }
    assert_eq!(seen.lines().count(), WORDS.lines().count());
}

fn without_date(words: &str) -> String {
    match words.split_once(" ago (") {
        Some((front, rest)) => format!("{front} ago (DATE{}", &rest["2026-01-01".len()..]),
        None => words.to_owned(),
    }
}

#[test]
fn a_message_from_a_pipe_arrives_as_it_is_and_bad_input_sends_nothing() {
    let sink = SinkProcess::start(&[]);
    let address = sink.address.to_string();
    let send = |arguments: &[&str], input: &str| {
        let mut command = sealpost();
        command.args(["send", "--host", &address, "--trust", "none"]).args(arguments);
        run_with(&mut command, input.as_bytes())
    };
    send(&["--to", "a@example.com", "--from", "", "-"], "Subject: x\n\n.dot\n").code(0);
    let got = sink.next();
    assert_eq!((&got["sender"], &got["recipients"][0]), (&"".into(), &"a@example.com".into()));
    for (arguments, words) in [
        (&["--to", "nobody"][..], "nobody"),
        (&["--to", "a@example.com", "--to", "b@example.net"], "same domain"),
        (&["--to", "a@example.com", "--tls", "always"], "one of: no, preferred"),
        (&["--to", "a@example.com", "/gone.eml"], "/gone.eml"),
        (&["--to", "a@example.com", "--trust", "/gone.pem"], "/gone.pem"),
        (&[], "--to"),
    ] {
        send(arguments, "").code(2).err_has(words);
    }
    assert!(sink.rest().is_empty(), "something was sent");
    let nobody = sealpost().args(["send", "--to", "a@example.com", "--host", "127.0.0.1:1"]).output().unwrap();
    crate::support::Run::from(nobody).code(1).err_has("4.4.1 no connection: ").err_has("[net/unreachable]");
}
