//! Transactions with a server that follows a script.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};

use super::super::{Capabilities, Hello, Lost, Patience, StartTls, Survey};
use super::*;
use crate::deliver::envelope::{Recipient, ReversePath};

/// What the server expects, and what it then says. A reply without a line before it follows at once; `!` closes; content ends at
/// the dot.
type Script = &'static [(&'static str, &'static str)];

async fn serve(stream: DuplexStream, script: Script) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let mut heard = Vec::new();
    for (expected, reply) in script {
        if !expected.is_empty() {
            let mut line = String::new();
            loop {
                line.clear();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return heard;
                }
                heard.push(line.trim_end_matches("\r\n").to_owned());
                if *expected != "." || line == ".\r\n" {
                    break;
                }
            }
            assert!(line.starts_with(expected), "expected {expected}, got {line}");
        }
        if *reply == "!" {
            return heard;
        }
        let _ = stream.write_all(reply.as_bytes()).await;
    }
    // What comes unexpected is kept too.
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        heard.push(std::mem::take(&mut line).trim_end().to_owned());
    }
    heard
}

fn run<T>(script: Script, client: impl AsyncFnOnce(Dialogue<DuplexStream>) -> T) -> (T, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (ours, theirs) = duplex(64);
        let server = tokio::spawn(serve(theirs, script));
        let patience = Patience { reply: std::time::Duration::from_millis(500), ..Patience::default() };
        let done = client(Dialogue::new(ours, patience, None)).await;
        (done, server.await.unwrap())
    })
}

/// Sends `message` to as many recipients, over a connection with these capabilities.
fn transact(script: Script, pipelining: bool, recipients: usize, message: &str) -> (Transaction, Vec<String>) {
    run(script, async |mut dialogue| {
        dialogue.capabilities = Capabilities { pipelining, ..Capabilities::default() };
        send(&mut dialogue, recipients, message).await
    })
}

async fn send(dialogue: &mut Dialogue<DuplexStream>, recipients: usize, message: &str) -> Transaction {
    let sender: ReversePath = "me@example.org".parse().unwrap();
    let recipients: Vec<Recipient> =
        (0..recipients).map(|index| Recipient::plain(format!("r{index}@example.com").parse().unwrap())).collect();
    let shipment = Shipment {
        sender: &sender,
        recipients: recipients.iter().collect(),
        ret: None,
        envid: None,
        size: message.len() as u64,
        survey: Survey::of(message.as_bytes()),
        declared_eight_bit: false,
    };
    dialogue.transact(&shipment, &mut message.as_bytes()).await
}

fn told(transaction: &Transaction) -> Vec<String> {
    let one = |fate: &Fate| match fate {
        Fate::Taken(reply) => format!("taken {reply}"),
        Fate::Refused { phase, reply } => format!("{phase:?} {reply}"),
        Fate::Lost { phase, error } => format!("lost {phase:?} {error:?}"),
        Fate::Unsuitable(unsuitable) => format!("{unsuitable:?}"),
        Fate::Unreadable(error) => error.clone(),
    };
    transaction.fates.iter().map(one).collect()
}

#[test]
fn a_message_goes_to_those_who_are_taken() {
    for pipelining in [true, false] {
        let script: Script = &[
            ("MAIL FROM:<me@example.org>", "250 ok\r\n"),
            ("RCPT TO:<r0@example.com>", "250 ok\r\n"),
            ("RCPT TO:<r1@example.com>", "550-5.1.1 nobody\r\n550 5.1.1 here\r\n"),
            ("RCPT TO:<r2@example.com>", "450 4.2.0 later\r\n"),
            ("DATA", "354 go\r\n"),
            (".", "250 2.0.0 queued as 1\r\n"),
        ];
        let (transaction, heard) = transact(script, pipelining, 3, "Subject: x\n\n.dot\nend");
        let expected =
            ["taken 250 2.0.0 queued as 1", "Recipient 550 5.1.1 nobody 5.1.1 here", "Recipient 450 4.2.0 later"];
        assert_eq!((told(&transaction), transaction.alive), (expected.map(str::to_owned).to_vec(), true));
        assert_eq!(heard[5..], ["Subject: x", "", "..dot", "end", "."]);
    }
}

#[test]
fn nobody_is_taken_when_the_sender_is_not() {
    let script: Script = &[
        ("MAIL", "550 5.7.1 not you\r\n"),
        ("RCPT", "503 MAIL first\r\n"),
        ("RCPT", "503 MAIL first\r\n"),
        ("DATA", "503 MAIL first\r\n"),
        ("RSET", "250 ok\r\n"),
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("DATA", "354 go\r\n"),
        (".", "250 taken\r\n"),
    ];
    let ((first, second), _) = run(script, async |mut dialogue| {
        dialogue.capabilities.pipelining = true;
        let first = send(&mut dialogue, 2, "a").await;
        (first, send(&mut dialogue, 1, "b").await)
    });
    assert_eq!((told(&first), first.alive), (vec!["Mail 550 5.7.1 not you".to_owned(); 2], true));
    assert_eq!(told(&second), ["taken 250 taken"], "the transaction before was reset");
    let (transaction, heard) = transact(&[("MAIL", "452 4.3.1 full\r\n")], false, 2, "a");
    assert_eq!((told(&transaction), heard.len()), (vec!["Mail 452 4.3.1 full".to_owned(); 2], 1));
}

#[test]
fn a_group_that_nobody_takes_ends_with_an_empty_message() {
    let script: Script = &[
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "550 no\r\n"),
        ("DATA", "354 go\r\n"),
        (".", "554 no valid recipients\r\n"),
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("DATA", "354 go\r\n"),
        (".", "250 taken\r\n"),
    ];
    let ((first, second), heard) = run(script, async |mut dialogue| {
        dialogue.capabilities.pipelining = true;
        (send(&mut dialogue, 1, "secret").await, send(&mut dialogue, 1, "b").await)
    });
    assert_eq!((told(&first), told(&second)), (vec!["Recipient 550 no".into()], vec!["taken 250 taken".into()]));
    assert!(!heard.contains(&"secret".to_owned()));
}

#[test]
fn the_end_of_a_connection_is_nobodys_success() {
    let cases: [(Script, usize, &[&str]); 6] = [
        (&[("MAIL", "250 ok\r\n"), ("RCPT", "!")], 1, &["lost Recipient Closed"]),
        (
            &[("MAIL", "250 ok\r\n"), ("RCPT", "550 no\r\n"), ("RCPT", "!")],
            2,
            &["Recipient 550 no", "lost Recipient Closed"],
        ),
        (
            &[("MAIL", "250 ok\r\n"), ("RCPT", "250 ok\r\n"), ("DATA", "354 go\r\n"), (".", "!")],
            1,
            &["lost End Closed"],
        ),
        (&[("MAIL", "421 4.3.2 bye\r\n")], 2, &["Mail 421 4.3.2 bye", "Mail 421 4.3.2 bye"]),
        (
            &[("MAIL", "250 ok\r\n"), ("RCPT", "250 ok\r\n"), ("RCPT", "421 bye\r\n")],
            2,
            &["Recipient 421 bye", "Recipient 421 bye"],
        ),
        (&[("MAIL", "nonsense\r\n")], 1, &["lost Mail NotSmtp(\"nonsense\")"]),
    ];
    for (script, recipients, expected) in cases {
        for pipelining in [true, false] {
            let (transaction, _) = transact(script, pipelining, recipients, "a");
            assert_eq!(
                (told(&transaction), transaction.alive),
                (expected.iter().map(|e| (*e).to_owned()).collect(), false)
            );
        }
    }
}

#[test]
fn a_message_that_is_refused_at_its_end_was_not_taken() {
    let script: Script = &[
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("RCPT", "550 no\r\n"),
        ("DATA", "354 go\r\n"),
        (".", "554 5.7.1 spam\r\n"),
    ];
    let (transaction, _) = transact(script, true, 2, "a");
    assert_eq!(told(&transaction), ["End 554 5.7.1 spam", "Recipient 550 no"]);
    assert!(transaction.alive);
}

#[test]
fn a_silent_or_endless_server_is_left() {
    let (transaction, _) = transact(&[("MAIL", "250-")], true, 1, "a");
    assert!(told(&transaction)[0].starts_with("lost Mail Silent"), "{transaction:?}");
    let long: Script = Box::leak(Box::new([("MAIL", String::leak("250-x\r\n".repeat(300)) as &str)]));
    let (transaction, _) = transact(long, true, 1, "a");
    assert_eq!(told(&transaction), ["lost Mail TooLong"]);
    let wide: Script = Box::leak(Box::new([("MAIL", String::leak("2".repeat(10_000)) as &str)]));
    let (transaction, _) = transact(wide, true, 1, "a");
    assert_eq!(told(&transaction), ["lost Mail TooLong"]);
}

#[test]
fn many_recipients_and_a_long_message_do_not_block_a_small_pipe() {
    let mut script = vec![("MAIL", "250 ok\r\n")];
    script.extend(std::iter::repeat_n(("RCPT", "250 2.1.5 a reply of some length, as servers like to give\r\n"), 1000));
    script.extend([("DATA", "354 go\r\n"), (".", "250 taken\r\n")]);
    let message = "line of text\n".repeat(50_000);
    let (transaction, heard) = transact(script.leak(), true, 1000, &message);
    assert!(told(&transaction).iter().all(|fate| fate == "taken 250 taken"));
    assert_eq!(heard.len(), 1 + 1000 + 1 + 50_000 + 1);
}

#[test]
fn a_server_without_ehlo_is_greeted_as_of_old() {
    let script: Script =
        &[("", "220 old\r\n"), ("EHLO us.example", "500 what?\r\n"), ("HELO us.example", "250 hi\r\n")];
    let (hello, _) = run(script, async |mut dialogue| {
        assert_eq!(dialogue.greeting().await.unwrap().code, 220);
        dialogue.hello("us.example").await.unwrap()
    });
    assert!(matches!(hello, Hello::Plain { refused } if refused.code == 500));
    let (hello, heard) = run(&[("EHLO", "421 busy\r\n")], async |mut dialogue| dialogue.hello("us").await.unwrap());
    assert!(matches!(hello, Hello::Refused(reply) if reply.code == 421) && heard.len() == 1);
}

/// S2: what comes behind the 220 never counts as the server's word over TLS.
#[test]
fn starttls_tells_its_ends_apart() {
    let starttls = |script| {
        let told = run(script, async |mut dialogue: Dialogue<DuplexStream>| match dialogue.starttls().await {
            StartTls::Go => "go".to_owned(),
            StartTls::Injected { octets } => format!("{octets} octets injected"),
            StartTls::Refused(reply) => format!("refused {reply}"),
            StartTls::Lost(Lost::Wire(error)) => format!("lost {error:?}"),
            StartTls::Lost(Lost::Closing(reply)) => format!("closing {reply}"),
        });
        told.0
    };
    assert_eq!(starttls(&[("STARTTLS", "220 go\r\n")]), "go");
    assert_eq!(starttls(&[("STARTTLS", "220 go\r\n250 injected\r\n")]), "14 octets injected");
    assert_eq!(starttls(&[("STARTTLS", "454 later\r\n")]), "refused 454 later");
    assert_eq!(starttls(&[("STARTTLS", "250 ok\r\n")]), "refused 250 ok");
    assert_eq!(starttls(&[("STARTTLS", "!")]), "lost Closed");
    assert_eq!(starttls(&[("STARTTLS", "421 bye\r\n")]), "closing 421 bye");
}
