//! Mail in, in clear text: what a well-behaved client sees, in which order, and what the log says of it.

use std::time::Duration;

use crate::gate::{Gate, Wish};
use crate::support::smtp::Client;

#[test]
fn a_message_goes_through_and_the_log_tells_it_in_order() {
    let gate = Gate::plain();
    let mut client = Client::connect(gate.address);
    assert_eq!(client.reply(), "220 mx1.example.com ESMTP");
    let ehlo = client.ask("EHLO client.example", "250-mx1.example.com\n");
    for word in
        ["PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "SIZE 52428800", "STARTTLS"]
    {
        assert!(ehlo.contains(&format!("-{word}\n")), "{word}: {ehlo}");
    }
    client.ask("MAIL FROM:<sender@client.example> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=abc", "250 2.1.0 ");
    client.ask("RCPT TO:<user@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;old@example.com", "250 2.1.5 ");
    client.ask("DATA", "354 ");
    client.send("Message-ID: <1@client.example>\r\nSubject: hi\r\n\r\n..dot\r\n.\r\n");
    assert_eq!(client.reply(), "250 2.0.0 Ok: message 1 accepted");
    client.ask("QUIT", "221 2.0.0 ");
    client.expect_closed();
    gate.log_has("ICID 1 close");
    let log = gate.log();
    let log: Vec<&str> = log.lines().filter(|line| line.contains("ID ")).collect();
    assert_eq!(
        log,
        [
            "Info: New SMTP ICID 1 interface Data 1 (127.0.0.1) address 127.0.0.1 reverse dns host localhost verified yes listener=In",
            "Info: ICID 1 ACCEPT SG ALL match ALL SBRS none",
            "Info: Start MID 1 ICID 1",
            "Info: MID 1 ICID 1 From: <sender@client.example> helo=client.example",
            "Info: MID 1 ICID 1 RID 0 To: <user@example.com>",
            "Info: MID 1 Message-ID '<1@client.example>'",
            "Info: MID 1 ready 53 bytes from <sender@client.example>",
            "Info: MID 1 queued for delivery",
            "Info: ICID 1 close",
        ]
    );
    let [listed] = gate.queued().try_into().unwrap();
    assert_eq!(listed.recipients[0].waiting.recipient.notify.to_string(), "SUCCESS,FAILURE");
    assert_eq!(listed.recipients[0].waiting.recipient.orcpt.as_ref().unwrap().text(), "old@example.com");
    assert_eq!(listed.message.envid.as_ref().unwrap().text(), "abc");
    let message = gate.message();
    let (field, rest) = message.split_once("; ").unwrap();
    assert_eq!(
        field,
        "Received: from client.example (localhost [127.0.0.1])\r\n by mx1.example.com with ESMTP id 1\r\n for <user@example.com>"
    );
    assert!(rest.ends_with("\r\nMessage-ID: <1@client.example>\r\nSubject: hi\r\n\r\n.dot\r\n"), "{rest}");
}

#[test]
fn commands_may_be_pipelined() {
    let gate = Gate::plain();
    let mut client = gate.client();
    client.send(
        "MAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nRCPT TO:<b@nowhere.example>\r\nRCPT TO:<c@sub.example.com>\r\nDATA\r\n",
    );
    let replies: Vec<String> = (0..5).map(|_| client.reply()).collect();
    let codes: Vec<&str> = replies.iter().map(|reply| &reply[..9]).collect();
    assert_eq!(codes, ["250 2.1.0", "250 2.1.5", "550 5.7.1", "250 2.1.5", "354 Go ah"]);
    client.send("x\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nNOOP ignored\r\nVRFY a\r\nHELP\r\nEXPN a\r\nQUIT\r\n");
    let codes: Vec<String> = (0..8).map(|_| client.reply()[..3].to_owned()).collect();
    assert_eq!(codes, ["250", "250", "250", "250", "252", "214", "502", "221"]);
    client.expect_closed();
    let to: Vec<String> =
        gate.queued()[0].recipients.iter().map(|listed| listed.waiting.recipient.address.to_string()).collect();
    assert_eq!(to, ["a@example.com", "c@sub.example.com"]);
    assert!(
        gate.log().contains("Info: MID 1 ICID 1 To: <b@nowhere.example> Rejected reply=\"550 5.7.1 Relaying denied\"")
    );
    assert!(gate.log().contains("Info: Message aborted MID 2 Receiving aborted by sender"));
}

#[test]
fn chunks_of_known_size_need_no_dots() {
    let gate = Gate::plain();
    let mut client = gate.client();
    client.send(
        "MAIL FROM:<a@b.example>\r\nRCPT TO:<u@example.com>\r\nBDAT 13\r\nSubject: x\r\n\rBDAT 8 LAST\r\n\n.\r\n.end",
    );
    let replies: Vec<String> = (0..4).map(|_| client.reply()).collect();
    assert_eq!(replies[2], "250 2.0.0 13 octets received");
    assert_eq!(replies[3], "250 2.0.0 Ok: message 1 accepted");
    assert!(gate.message().ends_with("\r\nSubject: x\r\n\r\n.\r\n.end\r\n"));
}

#[test]
fn addresses_beyond_ascii_are_taken_from_who_declares_them() {
    let gate = Gate::plain();
    let mut client = gate.client();
    client.ask("MAIL FROM:<grün@client.example>", "553 5.6.7 ");
    client.ask("MAIL FROM:<grün@client.example> SMTPUTF8", "250 ");
    client.ask("RCPT TO:<blau@example.com>", "250 ");
    client.ask("DATA", "354 ");
    client.send("Subject: grün\r\n\r\nx\r\n.\r\n");
    client.expect("250 ", "message");
    assert!(gate.log().contains("From: <grün@client.example>"));
    assert!(gate.message().contains(" with UTF8SMTP id 1"), "{}", gate.message());
}

#[test]
fn an_old_client_says_helo() {
    let gate = Gate::plain();
    let mut client = Client::connect(gate.address);
    client.expect("220 ", "greeting");
    client.ask("MAIL FROM:<a@b.example>", "503 5.5.1 ");
    assert_eq!(client.ask("HELO client.example", "250 "), "250 mx1.example.com");
    assert!(client.message("u@example.com", "x").starts_with("250 "));
    assert!(gate.message().contains(" with SMTP id "));
}

#[test]
fn what_is_not_understood_is_told_and_forgotten() {
    let gate = Gate::plain();
    for (command, reply) in [
        ("EHLO", "501 "),
        ("EHLO two words", "501 "),
        ("DATA", "503 5.5.1"),
        ("RCPT TO:<u@example.com>", "503 5.5.1"),
        ("MAIL a@b.example", "501 5.5.4"),
        ("MAIL FROM:a@b.example", "501 5.1.7"),
        ("MAIL FROM:<a@b@c>", "501 5.1.7"),
        ("MAIL FROM:<a@b.example> SIZE=x", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> SIZE=1 SIZE=1", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4"),
        ("MAIL FROM:<a@b.example> AUTH=<>", "555 5.5.4"),
        ("MAIL FROM:<a@b.example> SIZE=52428801", "552 5.3.4"),
        ("MAIL FROM:<a@b.example> SIZE=99999999999999999999", "552 5.3.4"),
        ("QUIT now", "501 5.5.4"),
        ("WHATEVER", "500 5.5.1"),
        ("AUTH PLAIN AAAA", "500 5.5.1"),
        ("STARTTLS now", "501 5.5.4"),
    ] {
        let mut client = gate.client();
        client.ask(command, reply);
        client.ask("NOOP", "250 ");
    }
}

#[test]
fn mail_for_strangers_is_taken_from_those_who_may_relay_alone() {
    let groups = "[[listener.In.group]]\nname = \"RELAYLIST\"\npolicy = \"RELAYED\"\nsenders = [\"127.0.0.1\"]\n\
                  [[listener.In.group]]\nname = \"ALL\"\npolicy = \"ACCEPTED\"\nsenders = [\"ALL\"]\n";
    let gate = Gate::with(Wish { rest: groups, ..Wish::default() });
    assert!(gate.client().message("a@elsewhere.example", "x").starts_with("250 "));
    gate.log_has("ICID 1 RELAY SG RELAYLIST match 127.0.0.1 SBRS none");
    let gate = Gate::plain();
    for recipient in [
        "a@elsewhere.example",
        "a%elsewhere.example@localhost",
        "@example.com:a@elsewhere.example",
        "a@[192.0.2.1]",
        "a@badexample.com",
        "\"a@elsewhere.example\"@localhost",
    ] {
        let mut client = gate.client();
        client.ask("MAIL FROM:<a@example.com>", "250 ");
        client.ask(&format!("RCPT TO:<{recipient}>"), "550 5.7.1 ");
        client.ask("DATA", "554 5.5.1 ");
    }
    assert!(gate.queued().is_empty());
}

#[test]
fn the_list_of_recipients_is_asked_where_there_is_one() {
    let gate =
        Gate::with(Wish { listener: "recipients = [\"User@example.com\", \"@.example.com\"]", ..Wish::default() });
    let mut client = gate.client();
    client.ask("MAIL FROM:<>", "250 ");
    client.ask("RCPT TO:<user@EXAMPLE.com>", "250 ");
    client.ask("RCPT TO:<anybody@sub.example.com>", "250 ");
    client.ask("RCPT TO:<nobody@example.com>", "550 5.1.1 ");
    client.ask("RCPT TO:<Postmaster>", "550 5.1.1 ");
    let gate = Gate::plain();
    let mut client = gate.client();
    client.ask("MAIL FROM:<>", "250 ");
    client.ask("RCPT TO:<postMASTER>", "250 ");
    assert!(gate.log().contains("To: <postmaster@example.com>"));
}

#[test]
fn a_policy_may_refuse_at_the_door() {
    let blocked = "[[listener.In.group]]\nname = \"BAD\"\npolicy = \"BLOCKED\"\nsenders = [\"127.0.0.0/8\"]\n\
                   [[listener.In.group]]\nname = \"ALL\"\npolicy = \"ACCEPTED\"\nsenders = [\"ALL\"]\n";
    let gate = Gate::with(Wish { rest: blocked, ..Wish::default() });
    let mut client = Client::connect(gate.address);
    client.expect("554 ", "greeting");
    client.ask("EHLO a", "503 5.5.1 ");
    client.ask("QUIT", "221 ");
    client.expect_closed();
    gate.log_has("ICID 1 REJECT SG BAD match 127.0.0.0/8 SBRS none");
    let refused = format!("[listener.In.policy.NONE]\naction = \"TCPREFUSE\"\n{}", blocked.replace("BLOCKED", "NONE"));
    let gate = Gate::with(Wish { rest: &refused, ..Wish::default() });
    Client::connect(gate.address).expect_closed();
    gate.log_has("ICID 1 TCPREFUSE SG BAD");
    gate.log_has("ICID 1 close");
}

#[test]
fn limits_of_a_policy_hold() {
    let gate = Gate::with(Wish {
        policy: "message-size = \"64k\"\nrecipients-per-message = 2\nmessages-per-connection = 1\nconnections-per-address = 2",
        ..Wish::default()
    });
    let mut client = gate.client();
    client.ask("MAIL FROM:<a@b.example> SIZE=65537", "552 5.3.4 ");
    client.ask("MAIL FROM:<a@b.example>", "250 ");
    client.ask("RCPT TO:<u1@example.com>", "250 ");
    client.ask("RCPT TO:<u2@example.com>", "250 ");
    client.ask("RCPT TO:<u2@example.com>", "452 4.5.3 ");
    client.ask("DATA", "354 ");
    client.send(format!("{}\r\n.\r\n", "x".repeat(65_537)));
    client.expect("552 5.3.4 ", "too large");
    assert!(gate.queued().is_empty());
    assert!(client.message("u@example.com", "x").starts_with("250 "));
    client.ask("MAIL FROM:<a@b.example>", "421 4.7.0 ");
    client.expect_closed();
    // Its place is given back a moment after its end.
    while gate.shared.crowd.count() > 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let (_one, _two) = (gate.client(), gate.client());
    let mut third = Client::connect(gate.address);
    third.expect("421 4.7.0 ", "third");
    third.expect_closed();
}

#[test]
fn a_message_that_goes_in_circles_is_refused() {
    let gate = Gate::with(Wish { rest: "[limits]\nhops = 3", ..Wish::default() });
    let hops = |count: usize| "Received: from a\r\n by b\r\n".repeat(count) + "\r\nReceived: in the body\r\n";
    assert!(gate.client().message("u@example.com", &hops(3)).starts_with("250 "));
    assert!(gate.client().message("u@example.com", &hops(4)).starts_with("554 5.4.6 "));
    gate.log_has("ICID 2 Receiving Failed: too many hops reply=\"554 5.4.6 Message has made too many hops\"");
    assert_eq!(gate.queued().len(), 1);
}

#[test]
fn whoever_says_nothing_is_let_go() {
    let gate =
        Gate::with(Wish { rest: "[limits]\ncommand-timeout = \"1s\"\ndata-timeout = \"1s\"", ..Wish::default() });
    let mut client = gate.client();
    client.send("NO");
    client.expect("421 4.4.2 ", "idle");
    client.expect_closed();
    gate.log_has("ICID 1 Receiving Failed: timed out");
    let mut client = gate.client();
    client.ask("MAIL FROM:<>", "250 ");
    client.ask("RCPT TO:<u@example.com>", "250 ");
    client.ask("DATA", "354 ");
    // Never a pause of a second, and still not a message: ten octets in one.
    for _ in 0..100 {
        client.send("x");
        std::thread::sleep(Duration::from_millis(100));
        if gate.log().contains("ICID 2 Receiving Failed") {
            break;
        }
    }
    client.expect("421 4.4.2 ", "slow");
    assert!(gate.log().contains("Message aborted MID 1"));
}

#[test]
fn an_engine_that_stops_ends_idle_connections_and_lets_messages_finish() {
    let gate = Gate::plain();
    let (mut idle, mut busy) = (gate.client(), gate.client());
    busy.ask("MAIL FROM:<>", "250 ");
    busy.ask("RCPT TO:<u@example.com>", "250 ");
    gate.stop.send(true).unwrap();
    idle.expect("421 4.3.2 ", "idle");
    idle.expect_closed();
    busy.ask("DATA", "354 ");
    busy.send("x\r\n.\r\n");
    busy.expect("250 ", "message");
    busy.expect("421 4.3.2 ", "then");
    busy.expect_closed();
    assert_eq!(gate.queued().len(), 1);
}
