//! `sealpost queue`: what an operator sees and does, with an engine and without one.

use std::sync::Arc;

use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::queue::Queue;
use sealpost::sys::clock::SystemClock;

use crate::spool::{message, put, run};
use crate::support::serve::{ServeProcess, free_port, home_on};
use crate::support::smtp::{Client, SinkProcess};
use crate::support::{Bench, run_with};

/// A home that sends `dead.example` where nobody listens and `strict.example` to a sink whose certificate does not do, and one whose
/// mail is taken.
struct Office {
    server: ServeProcess,
    _strict: SinkProcess,
    good: SinkProcess,
}

impl Office {
    fn open() -> Office {
        let (strict, good) = (SinkProcess::start(&["--certificate", "expired"]), SinkProcess::start(&[]));
        let port = free_port();
        let bench = home_on(port);
        let route = |domain: &str, port: &str| {
            bench.run(["route", "set", domain, "--hosts", &format!("[127.0.0.1]:{port}")]).code(0);
        };
        route("dead.example", &free_port().to_string());
        route("strict.example", &strict.port());
        route("good.example", &good.port());
        bench.run(["destination", "set", "strict.example", "--tls", "required-verify"]).code(0);
        bench.run(["change", "commit", "routes"]).code(0);
        Office { server: ServeProcess::on(bench, port), _strict: strict, good }
    }

    /// Sends a message, and waits until every recipient has been tried once and waits.
    fn waiting(&self, from: &str, to: &[&str], content: &str) -> String {
        let mut client = Client::greeted(self.server.address);
        client.ask(&format!("MAIL FROM:<{from}>"), "250 ");
        to.iter().for_each(|to| drop(client.ask(&format!("RCPT TO:<{to}>"), "250 ")));
        client.ask("DATA", "354 ");
        client.send(format!("{content}\r\n.\r\n"));
        let reply = client.reply();
        let mid = reply.split("message ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a MID").to_owned();
        self.until(&mid, |recipient| recipient["state"] == "deferred");
        mid
    }

    /// Waits until all recipients of a message are so; a test that hangs is told by its runner.
    fn until(&self, mid: &str, so: impl Fn(&serde_json::Value) -> bool) {
        loop {
            let listed = self.server.run(&["queue", "list", mid, "--format", "json"]).code(0).json();
            if listed["messages"][0]["recipients"].as_array().is_some_and(|all| all.iter().all(&so)) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

#[test]
fn waiting_mail_is_listed_with_where_it_goes_when_and_why() {
    let office = Office::open();
    let one = office.waiting("me@one.example", &["a@dead.example", "b@dead.example"], "Subject: x\r\n\r\nhello");
    let two = office.waiting("", &["c@strict.example"], "Subject: y\r\n\r\nhello");
    let server = &office.server;
    let text = server.run(&["queue", "list"]).code(0).out_has(&format!("MID {one}  from me@one.example, "));
    let text = text.out_has("  to a@dead.example, b@dead.example: deferred, tried once, next try in ");
    let text = text.out_has("     4.4.1 [127.0.0.1]: no connection: ").out_has(&format!("MID {two}  from <>, "));
    let text = text.out_has("     4.7.5 [127.0.0.1]: the certificate expired 9 days ago");
    text.out_has("\n2 messages, 3 recipients, ").out_has(": 3 deferred\n");

    let domains = server.run(&["queue", "list", "--by-domain"]).code(0);
    let row = |domain: &str| domains.out.lines().find(|line| line.starts_with(domain)).expect("a row").to_owned();
    let cells = |row: String| {
        row.split("   ").map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
    };
    let dead = cells(row("dead.example"));
    assert_eq!(dead[1..5], ["1", "2", "2", "0"], "{dead:?}");
    assert!(dead[8].starts_with("[127.0.0.1]:") && dead[9] == "no" && dead[10].starts_with("4.4.1 "), "{dead:?}");
    let strict = cells(row("strict.example"));
    assert!(
        strict[9] == "required-verify" && strict[10].contains(": the certificate expired 9 days ago"),
        "{strict:?}"
    );

    for (selection, expected) in [
        (&["--domain", "dead.example"][..], vec![&one]),
        (&["--sender", "me@ONE.example"], vec![&one]),
        (&["--sender", "@one.example"], vec![&one]),
        (&["--sender", "<>"], vec![&two]),
        (&[&two, &one], vec![&one, &two]),
        (&["--deferred"], vec![&one, &two]),
        (&["--limit", "1"], vec![&one]),
        (&["--held"], vec![]),
        (&[&two, "--domain", "dead.example"], vec![]),
    ] {
        let listed = server.run(&[&["queue", "list", "--mids"], selection].concat()).code(0).out;
        assert_eq!(listed.lines().collect::<Vec<_>>(), expected, "{selection:?}");
    }
    server.run(&["queue", "list", "--held"]).code(0).out_has("nothing in the queue is meant by that");
    let json = server.run(&["queue", "list", "--format", "json"]).code(0).json();
    assert_eq!(json["engine"], server.process());
}

#[test]
fn mail_is_held_released_flushed_and_dropped_while_the_engine_runs() {
    let office = Office::open();
    let server = &office.server;
    let both = office.waiting("me@one.example", &["a@dead.example", "c@strict.example"], "Subject: x\r\n\r\nhello");
    let other = office.waiting("you@two.example", &["d@dead.example"], "Subject: y\r\n\r\nhello");

    let held = server.run(&["queue", "hold", "--domain", "dead.example"]).code(0);
    held.err_has("held 2 recipients of 2 messages: not tried before they are released\n        2  dead.example\n");
    server
        .run(&["queue", "hold", "--domain", "dead.example"])
        .code(0)
        .err_has("nothing to do: 2 selected recipients, all held");
    let flushed = server.run(&["queue", "flush"]).code(0);
    flushed
        .err_has("note[queue/held]: 2 of the selected")
        .err_has("flushed 1 recipient of 1 message: the engine tries");
    office.until(&both, |recipient| match recipient["domain"].as_str() {
        Some("dead.example") => recipient["state"] == "held" && recipient["attempts"] == 1,
        _ => recipient["state"] == "deferred" && recipient["attempts"] == 2,
    });

    // The host has come to life, under another route; what is released goes there.
    let to_good = format!("[127.0.0.1]:{}", office.good.port());
    server.run(&["route", "set", "dead.example", "--hosts", &to_good, "--commit", "alive"]).code(0);
    server.run(&["queue", "release", &other]).code(0).err_has("released 1 recipient of 1 message: the engine tries");
    assert_eq!(office.good.next()["recipients"][0], "d@dead.example");

    // Dropping needs a yes, drops what is meant alone, and tells nobody.
    server.run(&["queue", "drop", &both]).code(2).err_has("error[confirm/missing]").err_has("nothing was changed");
    let dropped = server.run(&["queue", "drop", &both, "--domain", "strict.example", "--yes"]).code(0);
    dropped.err_has("dropped 1 recipient of 1 message: they are gone, and no bounce was sent to their senders");
    let left = server.run(&["queue", "list", "--format", "json"]).code(0).json();
    assert_eq!((&left["total"]["messages"], &left["total"]["recipients"]), (&1.into(), &1.into()), "{left:#}");
    server.run(&["queue", "drop", "--all", "--yes"]).code(0);
    server.run(&["queue", "list"]).code(0).out_has("the queue is empty");
    server.run(&["queue", "flush"]).code(0).err_has("the queue is empty");
    server.run(&["queue", "drop", &both, "--yes"]).code(1).err_has("nothing in the queue is meant by that");
    server.log_has(&format!("Message finished MID {both} done"));
    let log = server.log();
    for line in ["held", "released", "flushed", "dropped"] {
        assert!(log.contains(&format!(" {line} by an operator")), "{log}");
    }
    assert!(!log.contains("generated"), "{log}");
}

#[test]
fn without_an_engine_the_queue_is_read_and_changed_all_the_same() {
    let mut office = Office::open();
    let one = office.waiting("me@one.example", &["a@dead.example"], "Subject: x\r\n\r\nhello");
    let two = office.waiting("me@one.example", &["a@strict.example"], "Subject: y\r\n\r\nhello");
    // As a crash leaves it: the log of the database was not written back.
    office.server.signal(rustix::process::Signal::KILL);
    office.server.wait();
    let bench = &office.server.bench;
    let listed = bench.run(["queue", "list"]).code(0).out_has(&format!("MID {one}  from me@one.example"));
    listed.err_has("note[queue/no-engine]: no engine runs for this home").out_has("2 messages");
    bench.run(["queue", "show", &one]).code(0).out_has("Subject: x");
    bench
        .run(["queue", "flush", &one])
        .code(0)
        .err_has("tried as soon as an engine runs")
        .err_has("help: sealpost serve");
    let mut hold = bench.sealpost();
    run_with(hold.args(["queue", "hold", "-"]), format!("{one}\n{two}\n").as_bytes())
        .code(0)
        .err_has("held 2 recipients");
    bench.run(["queue", "list", "--held", "--mids"]).code(0).out_has(&format!("{one}\n{two}\n"));
    bench.run(["queue", "drop", &two, "--yes"]).code(0);
    // What was done holds for the next engine.
    office.server.restart();
    let left = office.server.run(&["queue", "list", "--format", "json"]).code(0).json();
    assert_eq!((&left["total"]["messages"], &left["total"]["held"]), (&1.into(), &1.into()), "{left:#}");
}

#[test]
fn what_is_being_delivered_is_told_and_its_attempt_goes_on() {
    let stalling = SinkProcess::start(&["--slow", "3000"]);
    let port = free_port();
    let bench = home_on(port);
    let to_sink = format!("[127.0.0.1]:{}", stalling.port());
    bench.run(["route", "set", "slow.example", "--hosts", &to_sink, "--commit", "route", "--with-pending"]).code(0);
    let server = ServeProcess::on(bench, port);
    Client::greeted(server.address).message("a@slow.example", "Subject: x\r\n\r\nhello");
    while !server.run(&["queue", "list"]).code(0).out.contains("  to a@slow.example: delivering\n") {}
    let held = server.run(&["queue", "hold", "--all"]).code(0);
    held.err_has("held 1 recipient of 1 message").err_has("note[queue/delivering]: 1 of them were just being tried");
    assert_eq!(stalling.next()["recipients"][0], "a@slow.example");
    while !server.run(&["queue", "list"]).code(0).out.contains("the queue is empty") {}
}

#[test]
fn a_long_queue_is_changed_portion_by_portion() {
    const LENGTH: u64 = 1_300;
    let port = free_port();
    let bench = home_on(port);
    let spool = bench.home().join("queue");
    run(async {
        let (queue, _) = Queue::open(&spool, Arc::new(SystemClock::new()), MailLog::nowhere()).unwrap();
        for seed in 0..LENGTH {
            put(&queue, &["a@one.example", "b@two.example"], &message(seed, 300)).await;
        }
        queue.close().await;
    });
    bench.run(["queue", "hold", "--all"]).code(0).err_has("held 2600 recipients of 1300 messages");
    let server = ServeProcess::on(bench, port);
    let dropped = server.run(&["queue", "drop", "--domain", "two.example", "--yes"]).code(0);
    dropped.err_has("dropped 1300 recipients of 1300 messages");
    let listed = server.run(&["queue", "list", "--mids"]).code(0).out;
    assert_eq!(listed.lines().count() as u64, LENGTH);
    let mut drop = server.bench.sealpost();
    run_with(drop.args(["queue", "drop", "-", "--yes"]), listed.as_bytes()).code(0).err_has("dropped 1300 recipients");
    server.run(&["queue", "list"]).code(0).out_has("the queue is empty");
}

#[test]
fn hostile_mail_is_shown_and_not_obeyed_and_its_octets_come_out_as_they_are() {
    let office = Office::open();
    let server = &office.server;
    let subject = "Subject: \x1b]0;owned\x07 \u{202e}moc.live\x08";
    let content = format!("{subject}\r\nX-Long:\r\n\tfolded\r\n\r\nbody \x1b[31mred\r\n..dots");
    let mid = office.waiting("\"<a b>\"@one.example", &["a@dead.example"], &content);
    let shown = server.run(&["queue", "show", &mid, "--body"]).code(0);
    assert!(!shown.out.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{:?}", shown.out);
    let shown = shown.out_has("Subject: \\u{1b}]0;owned\\u{7} \\u{202e}moc.live\\u{8}").out_has("body \\u{1b}[31mred");
    shown.out_has("    folded").out_has("\"<a b>\"@one.example").out_has(", in clear text");
    let raw = server.run(&["queue", "show", &mid, "--raw"]).code(0);
    assert!(raw.out.starts_with("Received: from ") && raw.out.contains(subject), "{:?}", raw.out);
    assert!(raw.raw.ends_with(b"body \x1b[31mred\r\n.dots\r\n"), "dots are unstuffed: {:?}", raw.out);
    server.run(&["queue", "show", &mid, "--raw", "--format", "json"]).code(2).err_has("error[queue/raw-json]");
    let json = server.run(&["queue", "show", &mid, "--body", "--format", "json"]).code(0).json();
    assert_eq!(json["body"], "body \x1b[31mred\n.dots\n");
    assert!(json["headers"].as_array().unwrap().iter().any(|line| line == subject), "{json:#}");
    server
        .run(&["queue", "show", "999"])
        .code(2)
        .err_has("error[queue/unknown]: no message 999")
        .err_has("sealpost log --mid 999");
}

#[test]
fn a_queue_command_needs_to_know_what_it_is_about_and_a_home_needs_no_queue() {
    let bench = Bench::with_home();
    bench.run(["queue", "list"]).code(0).out_has("the queue is empty");
    bench.run(["queue", "hold"]).code(2).err_has("error[queue/nothing-selected]");
    bench.run(["queue", "drop", "--yes"]).code(2).err_has("error[queue/nothing-selected]");
    bench.run(["queue", "drop", "5", "--yes"]).code(1);
    bench.run(["queue", "show", "5"]).code(2).err_has("error[queue/unknown]");
    let wrong = bench.run(["queue", "hold", "five", "--domain", "a b", "--sender", "nobody"]).code(2);
    wrong.err_has("error[queue/mid]").err_has("error[queue/domain]").err_has("error[queue/sender]");
    bench.run(["queue", "hold", "5", "--all"]).code(2).err_has("cannot be used with");
    Bench::new().run(["queue", "list"]).code(2).err_has("error[home/missing]");
}
