//! The JSON answer of every command validates against the schema published for it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use sealpost::cli::commands::COMMANDS;
use serde_json::Value;

use crate::support::authority::Authority;
use crate::support::serve::{ServeProcess, free_port, home_on};
use crate::support::smtp::Client;
use crate::support::{Bench, run_with, sealpost};

/// A command per line, run in this order in one folder. Each answer names its schema; errors answer with `sealpost.error/1`.
const RUNS: &str = "
init --hostname mx1.example.com
init --hostname mx1.example.com
cert list
cert new lab --cn lab.example.com --san 192.0.2.1 --san postmaster@example.com --country DE
cert show lab
cert show lab --full
cert show lab --request
cert new lab --cn lab.example.com
cert new bad --cn https://lab.example.com --country DEU
change show
change commit first
change commit nothing
cert request mx --cn mx1.example.com --for listener:IncomingMail
cert request mx --key-from mx --out mx.csr --commit again --with-pending
cert show mx
cert rename lab lab2
cert list
role list
role check --no-dns
role bind listener:IncomingMail lab2
role bind listener:Nowhere lab2
role unbind listener:IncomingMail
authority import root.pem
authority list
authority export
authority remove nothing
authority remove PrivateRoot
authority import root.pem
authority disable system
change show
change clear --force
cert export lab --to pem --out lab.pem
cert export lab --to pem --part all --out all.pem
cert export lab --to pkcs12 --password-file pw --out lab.p12
cert export lab --to pkcs12 --out again.p12
cert export Demo --to pem
config check --no-dns
interface list
interface show Data
interface set Data --address 192.0.2.2 --hostname mx2.example.com --https 443
interface show Data
listener list
listener show IncomingMail
listener set IncomingMail --domains example.com --recipients @example.com
listener policy set IncomingMail ACCEPTED --tls preferred --message-size 1M
listener policy list IncomingMail
listener group set IncomingMail X --policy RELAYED --senders ::1
listener group list IncomingMail
listener show IncomingMail
route set example.net --hosts relay.example.net
route list
route show example.net
route remove example.net
bounce-profile set patient --retries 5 --delay-warning 4h
bounce-profile list
bounce-profile show patient
service set sandbox --host sandbox.example.com --port 1
service list
service show sandbox
setting list
setting show log.keep
setting set log.keep 5
setting set log.keep -5
change clear --force
cert import copy all.pem --dry-run
cert import copy lab.p12 --password-file pw --commit imported
cert import copy lab.pem
cert import other lab.pem
convert lab.p12 --password-file pw --to pkcs7 --out lab.p7b
convert gone --to pem
show lab.pem all.pem lab.p12 lab.p7b mx.csr --tlsa
show lab.p12 --password-file pw --full
show gone
show bad.pem
verify lab.pem --trust lab.pem --hostname lab.example.com
verify lab.pem --trust none --hostname other.example.com
lint lab.pem --trust lab.pem --hostname other.example.com
explain chain/misordered
log --mid 4 --file mail.log
log --failed --file mail.log
log --mid 9
send --to a@example.com --host 127.0.0.1:1 --tls no
diff lab.pem lab.p7b
verify gone
cert remove copy --commit removed
destination set example.com --tls required-verify
destination default --tls preferred
destination set example.com --concurrency 5000
destination list
destination show example.com
destination export
destination export --out table.ini
destination import table.ini
destination remove example.com
destination clear --yes --commit cleared --with-pending
queue list
queue list --by-domain
queue flush
queue hold 5
queue drop --all
queue show 5
config save
config save --plain --out plain.conf
config load plain.conf
change history
change rollback 2
change prune --keep 1
change show
completions bash
man
schema
schema sealpost.error/1
schema nothing
";

#[test]
fn every_answer_is_what_its_schema_says() {
    let bench = Bench::new();
    bench.write("pw", "secret\n");
    bench.write("root.pem", Authority::root("PrivateRoot").pem());
    bench.write("mail.log", include_str!("../../testdata/mail-log/mail.log"));
    bench.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let mut seen = BTreeSet::new();
    for line in RUNS.lines().filter(|line| !line.is_empty()) {
        let run = bench.run(line.split_whitespace().chain(["--format", "json"]));
        let answer: Value =
            serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{line}: {error}\n{}\n{}", run.out, run.err));
        let name = answer["schema"].as_str().unwrap_or_else(|| panic!("{line}: {answer:#}")).to_owned();
        assert_eq!(name == "sealpost.error/1", run.code == 2 && answer.get("errors").is_some(), "{line}\n{}", run.out);
        validate(line, &name, &answer);
        seen.insert(name);
    }
    let mut published: BTreeSet<String> = COMMANDS.iter().map(|command| (command.schema)().0.to_owned()).collect();
    published.insert("sealpost.error/1".to_owned());
    // A dialogue is for people and answers in JSON with an error only.
    published.remove("sealpost.dialogue/1");
    // Servers answer at their end: the next test looks at them.
    published.retain(|name| SERVERS.iter().all(|(_, server)| server != name));
    // There is a message to show only where an engine has taken one.
    published.remove("sealpost.queue-show/1");
    assert_eq!(seen, published, "each schema is seen in a real answer");
}

/// Commands that run until they are stopped, and the schemas of what they say then.
const SERVERS: &[(&[&str], &str)] =
    &[(&["sink", "--listen", "127.0.0.1:0"], "sealpost.sink/1"), (&["serve"], "sealpost.serve/1")];

#[test]
fn a_server_that_is_stopped_answers_what_its_schema_says() {
    let bench = home_on(free_port());
    for (arguments, name) in SERVERS {
        let mut command = bench.sealpost();
        command.args(*arguments).args(["--format", "json"]).stdout(Stdio::piped());
        let mut server = command.spawn().expect("server");
        let mut out = BufReader::new(server.stdout.take().expect("stdout"));
        let mut said = String::new();
        // The first line says that it serves.
        out.read_line(&mut said).expect("a line");
        kill_process(Pid::from_child(&server), Signal::TERM).expect("signal");
        out.read_to_string(&mut said).expect("the rest");
        assert!(server.wait().expect("wait").success(), "{said}");
        let answer = serde_json::Deserializer::from_str(&said).into_iter::<Value>().last().expect("an answer");
        validate(name, name, &answer.expect("JSON"));
    }
}

#[test]
fn a_message_in_the_queue_answers_what_the_schemas_say() {
    let server = ServeProcess::start();
    server.run(&["route", "set", "example.com", "--hosts", "[127.0.0.1]:1", "--commit", "nowhere"]).code(0);
    Client::greeted(server.address).message("a@example.com", "Subject: waits\r\n\r\nhello");
    for (line, name) in [
        ("queue list", "sealpost.queue-list/1"),
        ("queue list --by-domain", "sealpost.queue-list/1"),
        ("queue show 1 --body", "sealpost.queue-show/1"),
        ("queue hold 1", "sealpost.queue-change/1"),
        ("queue drop 1 --yes", "sealpost.queue-change/1"),
    ] {
        let words: Vec<&str> = line.split(' ').chain(["--format", "json"]).collect();
        validate(line, name, &server.run(&words).code(0).json());
    }
}

#[test]
fn a_failed_parse_of_arguments_writes_no_half_of_json() {
    let run = run_with(sealpost().args(["cert", "new", "--format", "json"]), b"").code(2);
    assert_eq!(run.out, "");
}

fn validate(line: &str, name: &str, answer: &Value) {
    let published = crate::support::run(sealpost().args(["schema", name])).code(0).json();
    let validator = jsonschema::validator_for(&published).unwrap_or_else(|error| panic!("{name}: {error}"));
    let wrong: Vec<String> =
        validator.iter_errors(answer).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{line}: {name}\n{}\n{answer:#}", wrong.join("\n"));
    // The schema must say something: an answer with nothing in it is not valid.
    assert!(!validator.is_valid(&serde_json::json!({})), "{name}");
}
