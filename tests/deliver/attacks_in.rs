//! What attackers try on a listener, by the numbers of the contract: injection, smuggling, floods, and hostile octets.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use crate::gate::{Gate, Wish};
use crate::support::smtp::Client;
use crate::support::tls;

/// A client that has said MAIL and RCPT and may send a message.
#[track_caller]
fn ready(gate: &Gate) -> Client {
    let mut client = gate.client();
    client.ask("MAIL FROM:<a@b.example>", "250 ");
    client.ask("RCPT TO:<u@example.com>", "250 ");
    client
}

/// S1 (CVE-2011-0411)
#[test]
fn commands_behind_starttls_end_the_connection_before_any_handshake() {
    let gate = Gate::plain();
    for behind in ["RSET\r\n", "MAIL FROM:<evil@b.example>\r\n", "\r\n", "x"] {
        let mut client = gate.client();
        client.send(format!("STARTTLS\r\n{behind}"));
        client.expect("554 5.5.1 ", behind);
        client.expect_closed();
    }
    gate.log_has("ICID 4 Receiving Failed: commands were pipelined behind STARTTLS");
    assert!(!gate.log().contains(" TLS "), "{}", gate.log());
}

/// S3
#[test]
fn nothing_from_before_the_handshake_counts_after_it() {
    let gate = Gate::plain();
    let mut client = ready(&gate);
    client.ask("STARTTLS", "220 ");
    let config = Arc::new(tls::config(None));
    let mut stream = tls::handshake(client.stream.try_clone().unwrap(), &config, "mx1.example.com").unwrap();
    for command in ["DATA", "RCPT TO:<u@example.com>", "MAIL FROM:<a@b.example>"] {
        assert!(tls::ask(&mut stream, command).starts_with("503 5.5.1 "), "{command}");
    }
    gate.log_has("Message aborted MID 1");
}

/// S5, S11
#[test]
fn a_handshake_that_does_not_come_or_is_none_ends_the_connection() {
    let gate = Gate::with(Wish {
        policy: "tls = \"preferred\"",
        rest: "[limits]\nhandshake-timeout = \"1s\"",
        ..Wish::default()
    });
    let mut silent = gate.client();
    silent.ask("STARTTLS", "220 ");
    silent.expect_closed();
    gate.log_has("ICID 1 TLS failed: the client did not finish the handshake in time");
    let mut plain = gate.client();
    plain.ask("STARTTLS", "220 ");
    plain.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<u@example.com>\r\nDATA\r\n");
    let alert = plain.rest();
    assert_eq!(alert.first(), Some(&21), "no alert but {alert:?}");
    gate.log_has("ICID 2 TLS failed: the client sent clear text in place of a ClientHello");
    let mut half = gate.client();
    half.ask("STARTTLS", "220 ");
    half.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);
    assert!(half.rest().iter().all(|octet| *octet != b'2'));
    gate.log_has("ICID 3 TLS failed: the client did not finish the handshake in time");
    gate.log_has("ICID 3 close");
    assert!(gate.queued().is_empty());
}

const SMUGGLED: [&str; 8] =
    ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r\n\0.\r\n", "\r\r\n.\r\r\n"];

fn smuggling(end: &str) -> String {
    format!(
        "Subject: one\r\n\r\ntext{end}MAIL FROM:<evil@b.example>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nevil\r\n.\r\n"
    )
}

/// S6 (CVE-2023-51764)
#[test]
fn no_end_but_the_right_one_makes_two_messages_of_one() {
    let gate = Gate::plain();
    for (count, end) in SMUGGLED.iter().enumerate() {
        let mut client = ready(&gate);
        client.ask("DATA", "354 ");
        client.send(smuggling(end));
        let expected = if end.contains('\0') { "550 5.6.0 " } else { "550 5.5.2 " };
        client.expect(expected, &format!("{end:?}"));
        client.ask("NOOP", "250 2.0.0 Ok");
        assert!(gate.queued().is_empty(), "{end:?}");
        gate.log_has(&format!("ICID {} Receiving Failed: message", count + 1));
    }
}

/// S6 with `bare-line-ends = "normalize"`
#[test]
fn a_listener_that_normalises_makes_one_message_of_one() {
    let gate = Gate::with(Wish { listener: "bare-line-ends = \"normalize\"", ..Wish::default() });
    for end in SMUGGLED.iter().filter(|end| !end.contains('\0')) {
        let before = gate.queued().len();
        let mut client = ready(&gate);
        client.ask("DATA", "354 ");
        client.send(smuggling(end));
        client.expect("250 ", &format!("{end:?}"));
        client.ask("NOOP", "250 2.0.0 Ok");
        assert_eq!(gate.queued().len(), before + 1, "{end:?}");
    }
    for listed in gate.queued() {
        assert_eq!(listed.recipients.len(), 1);
    }
    let jobs = gate.runtime.block_on(gate.shared.queue.claim(100, |_| 100));
    for job in jobs {
        let sealpost::deliver::queue::Stored::Memory(octets) =
            gate.runtime.block_on(gate.shared.queue.read(&job)).unwrap()
        else {
            panic!("a file for so little");
        };
        let text = String::from_utf8(octets.to_vec()).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
    }
}

/// S8
#[test]
fn bdat_and_data_do_not_mix_and_chunks_add_up() {
    let gate = Gate::with(Wish { policy: "message-size = \"64k\"", ..Wish::default() });
    let mut client = ready(&gate);
    client.send("BDAT 3\r\nabc");
    client.expect("250 ", "chunk");
    client.ask("DATA", "503 5.5.1 ");
    client.ask("RCPT TO:<v@example.com>", "503 5.5.1 ");
    client.ask("MAIL FROM:<>", "503 5.5.1 ");
    client.send("BDAT 2 LAST\r\nde");
    client.expect("250 ", "last chunk");
    assert!(gate.message().ends_with("\r\nabcde\r\n"));
    // Octets of a chunk that is refused are no commands.
    let mut client = gate.client();
    client.send("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
    client.expect("503 5.5.1 ", "no transaction");
    client.expect("250 ", "NOOP behind the chunk");
    // The limit counts all chunks together, and says so before the last.
    let mut client = ready(&gate);
    for expected in ["250 ", "552 5.3.4 "] {
        client.send(format!("BDAT 40000\r\n{}", "x".repeat(40_000)));
        client.expect(expected, "40,000 octets");
    }
    client.send("BDAT 0 LAST\r\n");
    client.expect("552 5.3.4 ", "the last chunk");
    for wrong in ["BDAT", "BDAT x", "BDAT -1", "BDAT 1 2"] {
        let mut client = ready(&gate);
        client.ask(wrong, "501 5.5.4 ");
        client.expect_closed();
    }
    let mut client = ready(&gate);
    client.ask("BDAT 99999999999999999999 LAST", "552 5.3.4 ");
    client.expect_closed();
    assert_eq!(gate.queued().len(), 1);
}

/// S13 (ALPACA); that ALPN `http/1.1` fails is in `starttls_in`.
#[test]
fn a_web_browser_is_let_go_at_once() {
    let gate = Gate::plain();
    for verb in ["GET / HTTP/1.1", "post /x HTTP/1.1", "CONNECT mx1.example.com:25 HTTP/1.1", "OPTIONS * HTTP/1.0"] {
        let mut client = Client::connect(gate.address);
        client.expect("220 ", "greeting");
        client.send(format!("{verb}\r\nHost: a\r\n\r\nMAIL FROM:<a@b.example>\r\n"));
        client.expect("421 4.7.0 ", verb);
        client.expect_closed();
    }
    gate.log_has("Receiving Failed: a web client speaks");
    let mut early = Client::connect(gate.address);
    early.send([22, 3, 1, 0, 1, 0, b'\n']);
    early.expect("220 ", "greeting");
    early.expect("421 4.7.0 TLS begins with STARTTLS", "a ClientHello in clear text");
    early.expect_closed();
}

/// S14
#[test]
fn a_name_that_nobody_knows_gets_the_default_certificate() {
    let gate = Gate::plain();
    let config = Arc::new(tls::config(None));
    for sni in ["nobody.example", "MX1.EXAMPLE.COM", "xn--mil-qla.example", "192.0.2.1", &"a.".repeat(100)] {
        let mut client = gate.client();
        client.ask("STARTTLS", "220 ");
        let sni = sni.trim_end_matches('.');
        let mut stream = tls::handshake(client.stream.try_clone().unwrap(), &config, sni).unwrap();
        assert!(tls::ask(&mut stream, "EHLO a").starts_with("250-"), "{sni}");
    }
    // A name with octets that no name has, in a ClientHello made by hand: an alert, and the listener lives on.
    for name in [b"\0\xff\x1b[2J".as_slice(), b"a..b", b"", &[b'x'; 300]] {
        let mut client = gate.client();
        client.ask("STARTTLS", "220 ");
        client.send(client_hello(name));
        assert_ne!(client.rest().first(), None, "{name:?}");
    }
    gate.client().ask("NOOP", "250 ");
    assert!(!gate.log().chars().any(|c| c.is_control() && c != '\n'), "{}", gate.log());
}

/// A ClientHello of TLS 1.2 with this server name.
fn client_hello(name: &[u8]) -> Vec<u8> {
    let with_length = |octets: &[u8]| [&(octets.len() as u16).to_be_bytes(), octets].concat();
    let sni = with_length(&[&[0], with_length(name).as_slice()].concat());
    let groups = with_length(&[0, 23]);
    let schemes = with_length(&[4, 3]);
    let mut extensions = Vec::new();
    for (number, content) in [(0_u16, sni), (10, groups), (13, schemes)] {
        extensions.extend(number.to_be_bytes());
        extensions.extend(with_length(&content));
    }
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.push(0);
    body.extend(with_length(&[0xc0, 0x2b]));
    body.extend([1, 0]);
    body.extend(with_length(&extensions));
    let length = (body.len() as u32).to_be_bytes();
    let handshake = [&[1], &length[1..], &body].concat();
    [&[22, 3, 1], with_length(&handshake).as_slice()].concat()
}

/// S15; ten thousand of them are in `crowds`.
#[test]
fn too_many_connections_are_turned_away_and_places_are_given_back() {
    let gate = Gate::with(Wish { rest: "[limits]\nconnections = 6\nconnections-per-address = 3", ..Wish::default() });
    let clients: Vec<Client> = (0..3).map(|_| gate.client()).collect();
    let mut fourth = Client::connect(gate.address);
    fourth.expect("421 4.7.0 ", "fourth");
    fourth.expect_closed();
    drop(clients);
    gate.log_has("ICID 3 close");
    while gate.shared.crowd.count() > 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    gate.client().ask("NOOP", "250 ");
}

/// S16
#[test]
fn lines_of_any_length_cost_bounded_memory() {
    let gate = Gate::plain();
    let mut client = gate.client();
    client.send(format!("MAIL FROM:<{}@b.example>\r\n", "x".repeat(500_000)));
    client.expect("500 5.5.2 ", "command of 500 KB");
    client.ask(&format!("NOOP {}", "x".repeat(2_040)), "250 ");
    client.ask(&format!("NOOP {}", "x".repeat(2_042)), "500 5.5.2 ");
    let reply = client.message("u@example.com", &format!("{}\r\nend", "y".repeat(100_000)));
    assert!(reply.starts_with("250 "), "{reply}");
    assert!(gate.message().contains(&"y".repeat(100_000)));
    let mut endless = gate.client();
    endless.send(vec![b'z'; 3 << 20]);
    endless.expect("421 4.7.0 ", "a line without end");
}

/// S17
#[test]
fn ten_thousand_recipients_and_a_lying_size() {
    let gate =
        Gate::with(Wish { rest: "[limits]\nrecipients-per-message = 100\nmessage-size = \"64k\"", ..Wish::default() });
    let mut client = gate.client();
    client.ask("MAIL FROM:<a@b.example> SIZE=10", "250 ");
    let mut taken = 0;
    let mut last = String::new();
    for chunk in 0..100 {
        let commands: String =
            (0..100).map(|number| format!("RCPT TO:<u{}@example.com>\r\n", chunk * 100 + number)).collect();
        client.send(commands);
        for _ in 0..100 {
            last = client.reply();
            taken += usize::from(last.starts_with("250 "));
            assert!(
                last.is_empty()
                    || last.starts_with("250 ")
                    || last.starts_with("452 4.5.3 ")
                    || last.starts_with("421 ")
            );
        }
        if last.is_empty() {
            break;
        }
    }
    assert_eq!((taken, last.as_str()), (100, ""));
    let mut liar = gate.client();
    liar.ask("MAIL FROM:<a@b.example> SIZE=10", "250 ");
    liar.ask("RCPT TO:<u@example.com>", "250 ");
    liar.ask("DATA", "354 ");
    liar.send("x\r\n".repeat(30_000));
    liar.send(".\r\n");
    liar.expect("552 5.3.4 ", "90,000 octets");
    let mut endless = ready(&gate);
    endless.ask("DATA", "354 ");
    endless.send("x\r\n".repeat(200_000));
    endless.expect("552 5.3.4 ", "far too many octets");
    endless.expect_closed();
    assert!(gate.queued().is_empty());
}

/// S18, S30
#[test]
fn hostile_octets_are_refused_and_reach_no_log_as_they_are() {
    let gate = Gate::plain();
    for command in [
        b"EHLO a\0b".as_slice(),
        b"EHLO \x1b[2J\x1b]0;owned\x07",
        b"EHLO caf\xe9.example",
        b"MAIL FROM:<a\0@b.example>",
        b"MAIL FROM:<a\rRCPT TO:<b@c>@b.example>",
        b"RCPT TO:<\xff\xfe@example.com>",
        b"NOOP \x7f",
    ] {
        let mut client = gate.client();
        client.send([command, b"\r\n"].concat());
        client.expect("500 5.5.2 ", &String::from_utf8_lossy(command));
    }
    let mut client = gate.client();
    client.send("NOOP\n");
    client.expect("500 5.5.2 ", "bare LF");
    // What is allowed and still hostile: an address that turns text around.
    client.ask("MAIL FROM:<a\u{202e}b@c.example> SMTPUTF8", "250 ");
    client.ask("RCPT TO:<\u{200f}\u{1F4A9}@example.com>", "250 ");
    let reply = client.ask("RCPT TO:<\"\\\"a b\\\\\"@nowhere.example>", "550 ");
    assert!(reply.is_ascii() && !reply.contains("nowhere"), "{reply}");
    let log = gate.log();
    assert!(log.contains("From: <a\\u{202e}b@c.example>"), "{log}");
    assert!(!log.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200f}')), "{log}");
}

/// S19
#[test]
fn whoever_makes_nothing_but_mistakes_is_slowed_down_and_let_go() {
    let gate = Gate::plain();
    let mut client = gate.client();
    client.send("FOO\r\n".repeat(10));
    let replies: Vec<String> = (0..6).map(|_| client.reply()).collect();
    assert!(replies[..5].iter().all(|reply| reply.starts_with("500 5.5.1 ")), "{replies:?}");
    assert!(replies[5].starts_with("421 4.7.0 Too many errors"), "{replies:?}");
    gate.log_has("ICID 1 Receiving Failed: too many errors");
    // What is pipelined behind a MAIL that was refused is no further mistake.
    let mut client = gate.client();
    client.send(format!("MAIL FROM:<a@b> SIZE=999999999999\r\n{}", "RCPT TO:<u@example.com>\r\n".repeat(20)));
    let replies: Vec<String> = (0..21).map(|_| client.reply()).collect();
    assert!(replies[1..].iter().all(|reply| reply.starts_with("503 ")), "{replies:?}");
    // Who guesses addresses is let go too.
    let mut client = gate.client();
    client.ask("MAIL FROM:<>", "250 ");
    client.send("RCPT TO:<u@nowhere.example>\r\n".repeat(102));
    let replies: Vec<String> = (0..102).map(|_| client.reply()).collect();
    assert_eq!(replies.iter().filter(|reply| reply.starts_with("550 5.7.1 ")).count(), 101);
    assert!(replies[101].starts_with("421 4.7.0 "), "{replies:?}");
}

/// S28
#[test]
fn handshakes_that_never_end_keep_nobody_out() {
    let half_open = std::env::var("SEALPOST_LONG").map_or(300, |_| 2_000);
    let gate = Gate::with(Wish {
        policy: "tls = \"preferred\"",
        rest: "[limits]\nhandshakes = 4\nconnections-per-address = 5000\nhandshake-timeout = \"60s\"",
        ..Wish::default()
    });
    let waiting: Vec<Client> = (0..half_open)
        .map(|_| {
            let mut client = gate.client();
            client.ask("STARTTLS", "220 ");
            client
        })
        .collect();
    let good = || {
        let mut client = gate.client();
        client.ask("STARTTLS", "220 ");
        let config = Arc::new(tls::config(None));
        let mut stream = tls::handshake(client.stream.try_clone().unwrap(), &config, "mx1.example.com").unwrap();
        assert!(tls::ask(&mut stream, "EHLO a").starts_with("250-"));
    };
    good();
    // Half a ClientHello takes a turn, and gives it back before its time when others wait.
    let mut halves: Vec<&TcpStream> = waiting.iter().map(|client| &client.stream).take(4).collect();
    for stream in &mut halves {
        stream.write_all(&[22, 3, 1, 2, 0]).unwrap();
    }
    good();
    gate.log_has("TLS failed: the client did not finish the handshake in time");
}

/// S9: off by default, and never for those who may relay.
#[test]
fn who_talks_before_the_greeting_gets_554_where_the_listener_waits() {
    let waiting = Wish { listener: "greeting-delay = \"1s\"", ..Wish::default() };
    let gate = Gate::with(waiting);
    let mut early = Client::connect(gate.address);
    early.send("EHLO spam.example\r\n");
    early.expect("554 ", "an early talker");
    early.expect_closed();
    gate.log_has("Receiving Failed: the client talked before the greeting reply=\"554 ");
    Client::greeted(gate.address).ask("NOOP", "250 ");

    let gate = Gate::plain();
    let mut early = Client::connect(gate.address);
    early.send("EHLO client.example\r\n");
    early.expect("220 ", "by default nobody waits");
    let relaying = "[listener.In.policy.RELAYED]\naction = \"RELAY\"\n\
                    [[listener.In.group]]\nname = \"ALL\"\npolicy = \"RELAYED\"\nsenders = [\"ALL\"]\n";
    let gate = Gate::with(Wish { rest: relaying, ..waiting });
    let mut known = Client::connect(gate.address);
    known.send("EHLO client.example\r\n");
    known.expect("220 ", "who may relay is known");
}
