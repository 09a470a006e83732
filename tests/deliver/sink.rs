//! `sealpost sink`: what it says it got is what was sent, and each of its failures is the one that was asked for.

use crate::needs;
use crate::support::smtp::{Client, SinkProcess};
use crate::support::{Bench, run, sealpost};

#[test]
fn a_message_is_told_with_its_hash_before_it_is_answered() {
    let sink = SinkProcess::start(&["--name", "mx1.example.com"]);
    let mut client = Client::greeted(sink.address);
    let reply = client.message("a@example.com", "Message-ID: <1@client>\r\n\r\n..dot");
    let told = sink.next();
    assert_eq!(reply, "250 2.0.0 OK");
    assert_eq!(
        (&told["sender"], &told["recipients"][0], &told["message_id"], &told["reply"]),
        (&"sender@client.example".into(), &"a@example.com".into(), &"<1@client>".into(), &250.into())
    );
    // printf 'Message-ID: <1@client>\r\n\r\n.dot\r\n' | sha256sum; the same of '.dot\r\n'
    assert_eq!(told["sha256"], "0ad74690a7ed20b7ca6e6b9facd629251bb90f81a4d91de8ba230690c31e9820");
    assert_eq!(told["body_sha256"], "b4a13673aaf28150be75c5ff88e6991190378c468e9288d8ec67243caa3ee416");
    assert_eq!(told["tls"], serde_json::Value::Null);
    client.ask("QUIT", "221 ");
    client.expect_closed();
}

#[test]
fn every_failure_before_the_message_is_the_one_that_was_asked_for() {
    let starttls = |failure: &str| {
        let sink = SinkProcess::start(&["--fail", failure]);
        let mut client = Client::greeted(sink.address);
        client.send("STARTTLS\r\n");
        (client.reply(), sink)
    };
    for (failure, reply) in [
        ("starttls-454", "454 4.7.0 TLS not available due to temporary reason"),
        ("starttls-554", "554 5.7.0 TLS is not for you"),
        ("starttls-421", "421 4.3.2 Closing"),
        ("starttls-lost", ""),
        ("no-starttls", "502 5.5.1 Unknown command"),
    ] {
        assert_eq!(starttls(failure).0, reply, "{failure}");
    }
    for (failure, greeting) in [("greeting-554", "554 "), ("greeting-421", "421 ")] {
        let sink = SinkProcess::start(&["--fail", failure]);
        let mut client = Client::connect(sink.address);
        client.expect(greeting, failure);
        client.expect_closed();
    }
    let sink = SinkProcess::start(&["--fail", "no-ehlo"]);
    let mut client = Client::connect(sink.address);
    client.expect("220 ", "greeting");
    client.ask("EHLO a", "502 ");
    client.ask("HELO a", "250 ");
    let sink = SinkProcess::start(&["--fail", "starttls-on-greeting-line"]);
    let mut client = Client::connect(sink.address);
    client.expect("220 ", "greeting");
    let ehlo = client.ask("EHLO a", "250-STARTTLS\n");
    assert_eq!(ehlo.matches("STARTTLS").count(), 1, "{ehlo}");
}

#[test]
fn what_comes_in_place_of_a_handshake_is_what_was_asked_for() {
    for (failure, octets) in [
        ("injected-reply", b"250 2.0.0 Injected in clear text\r\n".as_slice()),
        ("handshake-garbage", b"this is no TLS\r\n"),
        ("handshake-alert", &[21, 3, 3, 0, 2, 2, 40]),
        ("legacy-tls", &[21, 3, 2, 0, 2, 2, 70]),
        ("handshake-close", b""),
    ] {
        let sink = SinkProcess::start(&["--fail", failure]);
        let mut client = Client::greeted(sink.address);
        client.ask("STARTTLS", "220 ");
        client.send(b"this would be a ClientHello");
        let came = client.rest();
        assert!(came.starts_with(octets), "{failure}: {:?}", String::from_utf8_lossy(&came));
    }
}

#[test]
fn failures_after_the_message_and_only_on_the_first_connections() {
    let sink = SinkProcess::start(&["--fail", "data-451", "--fail-first", "1"]);
    assert_eq!(Client::greeted(sink.address).message("a@example.com", "x"), "451 4.3.0 Not now");
    assert_eq!(Client::greeted(sink.address).message("a@example.com", "x"), "250 2.0.0 OK");
    let sink = SinkProcess::start(&["--fail", "data-close"]);
    assert_eq!(Client::greeted(sink.address).message("a@example.com", "x"), "");
    assert_eq!(sink.next()["reply"], serde_json::Value::Null);
    let sink = SinkProcess::start(&["--fail", "rcpt-half"]);
    let mut client = Client::greeted(sink.address);
    client.ask("MAIL FROM:<>", "250 ");
    client.ask("RCPT TO:<odd@example.com>", "550 ");
    client.ask("RCPT TO:<even@example.com>", "250 ");
}

#[test]
fn openssl_says_of_each_certificate_what_is_wrong_with_it() {
    needs!("openssl");
    let bench = Bench::new();
    let authority = bench.path("farm.pem");
    let authority = authority.to_str().unwrap();
    for (kind, verdict) in [
        ("good", "Verify return code: 0 (ok)"),
        ("self-signed", "Verify return code: 18 (self-signed certificate)"),
        ("expired", "Verify return code: 10 (certificate has expired)"),
        ("not-yet-valid", "Verify return code: 9 (certificate is not yet valid)"),
        ("wrong-name", "Verify return code: 62 (hostname mismatch)"),
        ("unknown-issuer", "Verify return code: 21 (unable to verify the first certificate)"),
        ("missing-intermediate", "Verify return code: 21 (unable to verify the first certificate)"),
        ("wrong-usage", "Verify return code: 26 (unsuitable certificate purpose)"),
        ("cn-only", "Verify return code: 0 (ok)"),
        ("wrong-key", "bad signature"),
    ] {
        let sink = SinkProcess::start(&["--certificate", kind, "--authority", authority, "--name", "mx1.example.com"]);
        let script = format!(
            "openssl s_client -connect {} -starttls smtp -CAfile farm.pem -verify_hostname mx1.example.com </dev/null 2>&1 || true",
            sink.address
        );
        let said = bench.shell(&script).out;
        assert!(said.contains(verdict), "{kind}:\n{said}");
    }
}

#[test]
fn swaks_sends_through_starttls_and_through_implicit_tls() {
    needs!("swaks");
    for (tls, option) in [("starttls", "--tls"), ("implicit", "--tlsc")] {
        let sink = SinkProcess::start(&["--tls", tls, "--tls-version", "1.2", "--key-type", "rsa-2048"]);
        let mut swaks = std::process::Command::new("swaks");
        swaks.args(["--server", "127.0.0.1", "--port", &sink.port(), "--to", "a@example.com", option]);
        run(swaks.args(["--from", "b@example.org", "--helo", "client.example"])).code(0);
        let told = sink.next();
        assert_eq!((&told["tls"]["protocol"], &told["helo"]), (&"TLSv1.2".into(), &"client.example".into()));
    }
}

#[test]
fn it_ends_after_the_messages_that_were_asked_for_and_adds_them_up() {
    let mut child = sealpost()
        .args(["sink", "--count", "2", "--silent"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    let address = line.strip_prefix("listening on ").unwrap().split(' ').next().unwrap().parse().unwrap();
    for _ in 0..2 {
        let mut client = Client::greeted(address);
        assert_eq!(client.message("a@example.com", "x"), "250 2.0.0 OK");
        client.ask("QUIT", "221 ");
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "2 messages over 2 connections, 0 of them with TLS; 0 handshakes failed\n");
}

#[test]
fn a_sink_that_cannot_be_is_told_why() {
    run(sealpost().args(["sink", "--fail", "nonsense"])).code(2).err_has("starttls-454");
    run(sealpost().args(["sink", "--certificate-file", "/nonexistent"])).code(2).err_has("/nonexistent");
    let sink = SinkProcess::start(&[]);
    run(sealpost().args(["sink", "--listen", &sink.address.to_string()])).code(2).err_has("ss -ltnp");
}
