//! `sealpost log`: what happened to a message, and did it travel over TLS.

use std::io::Write;
use std::time::Instant;

use crate::support::serve::{ServeProcess, configure, free_port, home_on};
use crate::support::smtp::{Client, LONG, SinkProcess};
use crate::support::{Bench, Run, run, run_with, sealpost};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/mail-log/mail.log");

fn ask(arguments: &[&str]) -> Run {
    run(sealpost().env("TZ", "UTC").args(["log", "--file", LOG]).args(arguments))
}

/// What a person sees.
#[track_caller]
fn shows(arguments: &[&str], code: i32, out: &str, err: &str) {
    let seen = ask(arguments).code(code);
    assert_eq!((seen.out.as_str(), seen.err.as_str()), (out, err), "{arguments:?}");
}

#[test]
fn a_message_is_told_from_the_connection_it_came_on_to_its_end() {
    shows(
        &["--mid", "1"],
        0,
        "\
MID 1 from <me@client.example> to <you@example.com>, 260 octets
  Message-ID <20260306090252.009201@client.example>
  in over TLS 1.3; out to example.com over TLS 1.3, verified (hosted, mx1.example.net)

2026-03-06 09:02:52  in   ICID 1 from 127.0.0.1 (localhost) to listener IncomingMail, RELAY by group RELAYLIST
                          TLS 1.3, TLS_AES_256_GCM_SHA384
2026-03-06 09:02:52       queued
2026-03-06 09:02:52  out  DCID 1 to mx1.example.net (127.0.0.1 port 2598)
                          TLS 1.3, TLS_AES_256_GCM_SHA384, verified as mx1.example.net (from mx)
                          delivered: 250 2.0.0 OK
2026-03-06 09:02:53  done
",
        "",
    );
}

#[test]
fn each_attempt_at_each_host_is_told_and_why_it_led_to_nothing() {
    shows(
        &["--mid", "3"],
        0,
        "\
MID 3 from <me@client.example> to <you@example.org>, 260 octets
  Message-ID <20260306090253.009209@client.example>
  in over TLS 1.3; out to example.org as clear text: the peer does not offer STARTTLS

2026-03-06 09:02:53  in   ICID 3 from 127.0.0.1 (localhost) to listener IncomingMail, RELAY by group RELAYLIST
                          TLS 1.3, TLS_AES_256_GCM_SHA384
2026-03-06 09:02:53       queued
2026-03-06 09:02:53  out  DCID 3 to 127.0.0.1 port 2600
                          no mail went over it: no connection: Connection refused (os error 111)
2026-03-06 09:02:53  out  DCID 4 to 127.0.0.1 port 2599
                          TLS not reached: the peer does not offer STARTTLS [tls/starttls-not-offered]
                          delivered: 250 2.0.0 OK
2026-03-06 09:02:53  done
",
        "",
    );
}

#[test]
fn recipients_with_different_ends_are_told_apart() {
    shows(
        &["--mid", "4"],
        0,
        "\
MID 4 from <me@client.example> to <you@example.com>, <no@else.example>, <you@example.net>, 292 octets
  Message-ID <20260306090253.009210@client.example>
  in as clear text; out to example.com over TLS 1.3, verified (hosted, mx1.example.net); bounced for else.example: there is no domain else.example; queued for example.net until 2026-03-06T09:03:49Z: the peer does not offer STARTTLS

2026-03-06 09:02:53  in   ICID 4 from 127.0.0.1 (localhost) to listener IncomingMail, RELAY by group RELAYLIST
                          no TLS: clear text
2026-03-06 09:02:53       queued
2026-03-06 09:02:53  out  DCID 1 to mx1.example.net (127.0.0.1 port 2598), used again
                          TLS 1.3, TLS_AES_256_GCM_SHA384, verified as mx1.example.net (from mx)
                          delivered for <you@example.com>: 250 2.0.0 OK
2026-03-06 09:02:53  out  put off for <you@example.net>, again at 2026-03-06 09:03:49: 4.7.4 the peer does not offer STARTTLS
2026-03-06 09:02:53  out  given up for <no@else.example>: 5.1.2 there is no domain else.example
MID 5 tells the sender: failed
",
        "",
    );
}

#[test]
fn a_connection_is_told_with_the_messages_on_it() {
    shows(
        &["--dcid", "2"],
        0,
        "\
DCID 2  2026-03-06 09:02:53
  to 127.0.0.1 port 2599
  TLS not reached, nothing was sent (required): the peer does not offer STARTTLS [tls/starttls-not-offered]
  no line tells its end
MID 2  2026-03-06 09:02:53 from <me@client.example> to <you@example.net>
  in over TLS 1.3; queued for example.net until 2026-03-06T09:03:52Z: the peer does not offer STARTTLS
",
        "next: sealpost log --mid 2\n",
    );
    let json = ask(&["--icid", "4", "--format", "json"]).code(0).json();
    assert_eq!((&json["connection"]["icid"], &json["messages"][0]["mid"]), (&4.into(), &4.into()));
    assert_eq!(json["messages"].as_array().unwrap().len(), 1, "the bounce came on no connection");
}

#[test]
fn a_domain_has_the_mail_from_and_to_it_the_newest_first_to_be_kept() {
    let mids = |arguments: &[&str]| -> Vec<u64> {
        let json = ask(&[arguments, &["--format", "json"]].concat()).json();
        json["messages"].as_array().unwrap().iter().map(|message| message["mid"].as_u64().unwrap()).collect()
    };
    assert_eq!(mids(&["--domain", "example.com"]), [1, 4]);
    assert_eq!(mids(&["--domain", "EXAMPLE.net"]), [2, 4]);
    assert_eq!(mids(&["--domain", ".example"]), [1, 2, 3, 4, 5]);
    assert_eq!(mids(&["--domain", "client.example", "--since", "2026-03-06 09:02:53"]), [1, 2, 3, 4, 5]);
    assert_eq!(mids(&["--domain", "client.example", "--until", "2026-03-06 09:02:52"]), [1]);
    assert_eq!(mids(&["--domain", ".example", "--limit", "2"]), [4, 5]);
    ask(&["--domain", ".example", "--limit", "2"]).code(0).err_has("3 messages before these: --limit shows more");
    assert!(mids(&["--domain", "example"]).is_empty() && mids(&["--domain", ".example.com"]).is_empty());
}

#[test]
fn failures_are_grouped_by_destination_and_cause() {
    shows(
        &["--failed"],
        1,
        "\
TLS to destinations that was not reached
     1 x  example.net: the peer does not offer STARTTLS [tls/starttls-not-offered]
          2026-03-06 09:02:53: 127.0.0.1, DCID 2
          required: nothing was sent
     1 x  example.org: the peer does not offer STARTTLS [tls/starttls-not-offered]
          2026-03-06 09:02:53: 127.0.0.1, DCID 4
          not required: mail goes in clear text

Mail that was put off
     2 x  example.net: the peer does not offer STARTTLS [tls/starttls-not-offered]
          2026-03-06 09:02:53: MID 4

Mail that was given up
     1 x  client.example: there is no domain client.example [dns/no-such-domain]
          2026-03-06 09:02:53: MID 5
     1 x  else.example: there is no domain else.example [dns/no-such-domain]
          2026-03-06 09:02:53: MID 4
",
        "next: sealpost log --mid 4\n",
    );
    let json = ask(&["--failed", "--domain", "example.net", "--format", "json"]).code(1).json();
    let groups = json["failures"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    assert_eq!((&groups[0]["required"], &groups[1]["count"]), (&"required".into(), &2.into()));
    shows(&["--failed", "--domain", "example.com"], 0, "", "no failures in 75 lines\n");
    ask(&["--failed", "--since", "2026-03-07"]).code(0);
}

#[test]
fn what_is_not_there_and_what_makes_no_sense() {
    shows(&["--mid", "9"], 1, "", "nothing was found in 75 lines\n");
    ask(&["--mid", "1", "--until", "2026-03-05"]).code(1);
    ask(&["--failed", "--since", "yesterday"]).code(2).err_has("error[log/when]: `yesterday` is no time");
    ask(&["--domain", "not a domain"]).code(2).err_has("error[log/domain]");
    ask(&[]).code(2).err_has("--mid <N>|--icid <N>|--dcid <N>|--domain <NAME>|--failed");
    ask(&["--mid", "1", "--failed"]).code(2).err_has("cannot be used with");
    run(sealpost().args(["log", "--mid", "1", "--file", "/gone"])).code(2).err_has("error[log/unreadable]");
    run(sealpost().args(["log", "--mid", "1", "--file", "/"])).code(2).err_has("error[log/unreadable]");
    let bench = Bench::with_home();
    bench.run(["log", "--mid", "1"]).code(1).err_has("note[log/empty]").err_has("nothing was found");
}

/// Lines that are cut, of another program, without end, or no text at all: skipped, counted, and the rest is told.
#[test]
fn damage_is_skipped_and_counted() {
    let whole = std::fs::read(LOG).unwrap();
    let mut damaged = b"Mar  6 09:02:51 mx1 postfix/smtpd[7]: connect from localhost\n\0\xff\n".to_vec();
    damaged.extend(vec![b'x'; 300_000]);
    damaged.push(b'\n');
    for line in whole.split_inclusive(|octet| *octet == b'\n') {
        damaged.extend(line);
        damaged.extend(&line[..line.len() / 3]);
        damaged.push(b'\n');
    }
    damaged.extend(b"Fri Mar  6 09:02:59 2026 Info: MID 1 rea");
    let mut command = sealpost();
    command.env("TZ", "UTC").args(["log", "--file", "-", "--mid", "1"]);
    let seen = run_with(&mut command, &damaged).code(0).err_has("note[log/unread]: ");
    assert_eq!(seen.out, ask(&["--mid", "1"]).out);
}

#[test]
fn what_an_operator_did_is_part_of_the_story() {
    let before = [
        "Start MID 9 ICID 9",
        "MID 9 ICID 9 From: <me@client.example>",
        "MID 9 ICID 9 RID 0 To: <you@example.com>",
        "MID 9 queued for delivery",
    ];
    for (deeds, state, fate, verdict) in [
        (vec!["held"], "queued", "held", "queued for example.com: held by an operator"),
        (vec!["held", "released"], "queued", "delayed", "released by an operator"),
        (vec!["held", "dropped"], "dropped", "dropped", "not sent to example.com: dropped by an operator"),
    ] {
        let deeds = deeds.into_iter().map(|deed| format!("MID 9 RID [0] {deed} by an operator"));
        let lines = before.into_iter().map(str::to_owned).chain(deeds);
        let text: String = lines.map(|line| format!("Fri Mar  6 09:02:53 2026 Info: {line}\n")).collect();
        let mut command = sealpost();
        command.env("TZ", "UTC").args(["log", "--file", "-", "--mid", "9", "--format", "json"]);
        let message = &run_with(&mut command, text.as_bytes()).code(0).json()["messages"][0];
        assert_eq!((&message["state"], &message["recipients"][0]["last"]["fate"]), (&state.into(), &fate.into()));
        assert!(message["verdict"].as_str().unwrap().ends_with(verdict), "{message:#}");
    }
}

/// The files that were put aside come first; the log in JSON says the same.
#[test]
fn rotated_files_and_the_json_log_are_read() {
    let bench = Bench::with_home();
    let folder = bench.home().join("log");
    std::fs::create_dir(&folder).unwrap();
    let text = std::fs::read_to_string(LOG).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (part, name) in lines.chunks(26).zip(["mail.log.11", "mail.log.2", "mail.log"]) {
        std::fs::write(folder.join(name), part.concat()).unwrap();
    }
    let home = run(bench.sealpost().env("TZ", "UTC").args(["log", "--mid", "4"])).code(0);
    assert_eq!(home.out, ask(&["--mid", "4"]).out);
    let json = run(bench.sealpost().env("TZ", "UTC").args(["log", "--mid", "4", "--format", "json"])).code(0).json();
    let files = json["files"].as_array().unwrap();
    assert!(files.len() == 3 && files[0].as_str().unwrap().ends_with("mail.log.11"), "{files:?}");

    let mut as_json = String::new();
    let mut clock = sealpost::deliver::log_line::LineClock::new(sealpost::sys::time_zone::TimeZone::default());
    for line in text.lines() {
        sealpost::deliver::log_line::LogLine::parse(line.as_bytes(), &mut clock).unwrap().json(&mut as_json);
    }
    let mut command = sealpost();
    command.env("TZ", "UTC").args(["log", "--file", "-", "--mid", "4"]);
    assert_eq!(run_with(&mut command, as_json.as_bytes()).code(0).out, home.out);
}

/// Times are shown as the log has them, and compared as moments.
#[test]
fn times_are_local() {
    let berlin = |arguments: &[&str]| {
        run(sealpost()
            .env("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
            .args(["log", "--file", LOG, "--mid", "2"])
            .args(arguments))
    };
    berlin(&[]).code(0).out_has("2026-03-06 09:02:53  in ").out_has("again at 2026-03-06 10:03:52");
    let json = berlin(&["--format", "json"]).code(0).json();
    assert_eq!(json["messages"][0]["began"], "2026-03-06T08:02:53Z");
    berlin(&["--since", "2026-03-06T08:02:53Z"]).code(0);
    berlin(&["--since", "2026-03-06T08:02:54Z"]).code(1);
    berlin(&["--since", "2026-03-06 09:02:54"]).code(1);
    let failed = |since: &str, until: &str| {
        let window = ["--failed", "--since", since, "--until", until];
        run(sealpost().env("TZ", "UTC").args(["log", "--file", LOG]).args(window))
    };
    failed("2026-03-06T09:02:53Z", "2026-03-06T09:02:53Z").code(1).out_has("Mail that was given up");
    failed("2026-03-06T09:02:54Z", "2026-03-06T10:00:00Z").code(0);
    failed("2026-03-06T08:00:00Z", "2026-03-06T09:02:52Z").code(0);
}

/// With a real engine and a real peer, while the engine runs.
#[test]
fn what_the_engine_just_did_is_told() {
    let port = free_port();
    let bench = home_on(port);
    let sink = SinkProcess::start(&["--name", "mx1.example.net"]);
    let route = format!("\n[route.\"example.com\"]\nhosts = [\"{}\"]\n", sink.address);
    configure(&bench, |text| text.to_owned() + &route + "\n[destination.\"example.com\"]\ntls = \"required\"\n");
    bench.run(["change", "commit", "route"]).code(0);
    let server = ServeProcess::on(bench, port);
    let mut client = Client::greeted(server.address);
    assert!(client.message("u@example.com", "Subject: x\r\n\r\nx").starts_with("250 "));
    let until = Instant::now() + LONG;
    let told = loop {
        // Lines are gathered for a moment before they are written.
        let told = server.run(&["log", "--mid", "1"]);
        if told.out.contains("done\n") {
            break told;
        }
        assert!(Instant::now() < until, "{}", told.out);
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    told.code(0)
        .out_has("in as clear text; out to example.com over TLS 1.3, the peer's certificate not checked\n")
        .out_has("delivered: 250 2.0.0 OK\n");
}

/// A long log is read in flat memory.
#[test]
fn memory_does_not_grow_with_the_log() {
    let text = std::fs::read_to_string(LOG).unwrap();
    let bench = Bench::new();
    let megabytes = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 1_000 } else { 20 };
    let path = bench.path("mail.log");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut number = 10;
    for _ in 0..(megabytes << 20) / text.len() {
        number += 10;
        let mut shifted = text.clone();
        for digit in (0..6).rev() {
            for name in ["ICID", "MID", "DCID"] {
                shifted = shifted.replace(&format!("{name} {digit}"), &format!("{name} {}", number + digit));
            }
            shifted = shifted.replace(&format!("mid={digit}"), &format!("mid={}", number + digit));
        }
        file.write_all(shifted.as_bytes()).unwrap();
    }
    file.flush().unwrap();
    let limited = |question: &str| {
        // Address space, in KiB: the program itself and its threads take about a tenth of it.
        let script =
            format!("ulimit -v 600000; exec {} log --file mail.log {question}", env!("CARGO_BIN_EXE_sealpost"));
        bench.shell(&script)
    };
    limited("--domain example.com --quiet --limit 10").code(0);
    limited("--failed --quiet").code(1);
    limited(&format!("--mid {}", number + 2)).code(0).out_has("queued for example.net");
}
