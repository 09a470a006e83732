use super::*;
use crate::deliver::numbers::{Icid, Rid};
use crate::deliver::queue::Queued;
use crate::deliver::status_code::StatusCode;
use time::macros::datetime;

const NOW: Moment = datetime!(2026-11-24 12:00 UTC);

fn message(sender: &str) -> Queued {
    let received = Received {
        at: datetime!(2026-11-21 12:00 UTC),
        icid: Some(Icid(3)),
        helo: "client.example.org".into(),
        address: Some([192, 0, 2, 7].into()),
        over_tls: true,
    };
    Queued::for_tests(sender.parse().unwrap(), Some("QQ+2B314".parse().unwrap()), received)
}

fn waiting(rid: u32, address: &str) -> Waiting {
    let recipient = Recipient::plain(address.parse().unwrap());
    Waiting { rid: Rid(rid), recipient, attempts: 3, warned: false, trouble: None }
}

fn trouble() -> Trouble {
    Trouble {
        status: StatusCode::new(5, 7, 5),
        sentence: "the certificate of mx.one.example expired 9 days ago".into(),
        remote_mta: Some("mx.one.example".into()),
        reply: None,
    }
}

/// The report about `recipients`, as text.
fn written(action: Action, sender: &str, recipients: &[(Waiting, Trouble)], returned: Returned) -> (Envelope, String) {
    let host = "mx1.example.com".parse().unwrap();
    let report = Report {
        action,
        message: &message(sender),
        recipients: recipients.iter().map(|(waiting, why)| (waiting, why.clone())).collect(),
        returned,
        reporting_mta: &host,
        now: NOW,
        age: Duration::from_secs(5 * 3600),
        until: (action == Action::Delayed).then_some(datetime!(2026-11-25 12:00 UTC)),
    };
    let (envelope, bytes) = report.write(Mid(77)).unwrap();
    (envelope, String::from_utf8(bytes).unwrap())
}

#[test]
fn a_failure_is_a_whole_report() {
    let mut recipient = waiting(0, "a@one.example");
    recipient.recipient.orcpt = Some("rfc822;Alias@one.example".parse().unwrap());
    let header = b"Subject: hello\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n";
    let returned = Returned::of(header, header.len() as u64, None, false);
    let (envelope, text) = written(Action::Failed, "sender@example.org", &[(recipient, trouble())], returned);
    assert_eq!(envelope.sender, ReversePath::Null);
    assert_eq!(envelope.recipients, [Recipient::plain("sender@example.org".parse().unwrap())]);
    assert_eq!(text, include_str!("tests/failed.eml").replace('\n', "\r\n"));
}

#[test]
fn a_delay_says_until_when_it_is_tried() {
    let (_, text) = written(
        Action::Delayed,
        "sender@example.org",
        &[(waiting(0, "a@one.example"), trouble())],
        Returned::default(),
    );
    assert!(text.contains("waiting for 5 hours"), "{text}");
    assert!(text.contains("Action: delayed\r\n"), "{text}");
    assert!(text.contains("Will-Retry-Until: Wed, 25 Nov 2026 12:00:00 +0000\r\n"), "{text}");
}

#[test]
fn nobody_is_told_about_a_message_from_nobody() {
    let host = "mx1.example.com".parse().unwrap();
    let recipient = waiting(0, "a@one.example");
    let report = Report {
        action: Action::Failed,
        message: &message(""),
        recipients: vec![(&recipient, trouble())],
        returned: Returned::default(),
        reporting_mta: &host,
        now: NOW,
        age: Duration::ZERO,
        until: None,
    };
    assert_eq!(report.write(Mid(1)), None);
}

#[test]
fn what_a_peer_says_cannot_forge_a_field_or_a_part() {
    let reply = "550 no\r\n\r\n--=_sealpost_77_0\r\nContent-Type: text/html\r\n\x1b[2J";
    let hostile =
        Trouble { reply: Some(reply.into()), remote_mta: Some("mx\r\nAction: delivered".into()), ..trouble() };
    let recipients = [(waiting(0, "a@one.example"), hostile)];
    let returned = Returned::of(b"X: --=_sealpost_77_1\r\n\r\n", 24, None, false);
    let (_, text) = written(Action::Failed, "sender@example.org", &recipients, returned);
    let lines = |start: &str| text.split("\r\n").filter(|line| line.starts_with(start)).count();
    assert_eq!((lines("Action: "), lines("--=_sealpost_77_2")), (1, 4), "{text}");
    assert!(!text.contains('\x1b') && !text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
}

#[test]
fn addresses_beyond_ascii_need_no_smtputf8_on_the_way_back() {
    let recipients = [(waiting(0, "用户@one.example"), trouble())];
    let (envelope, text) = written(Action::Failed, "sender@example.org", &recipients, Returned::default());
    assert!(text.contains("Final-Recipient: utf-8; \\x{7528}\\x{6237}@one.example\r\n"), "{text}");
    assert!(!envelope.smtputf8 && envelope.body == BodyType::EightBitMime);
    let (envelope, _) = written(Action::Failed, "用户@example.org", &recipients, Returned::default());
    assert!(envelope.smtputf8);
}

#[test]
fn the_whole_message_comes_back_only_on_wish_and_when_it_is_small() {
    let message = b"Subject: hello\r\n\r\nthe body\r\n";
    let size = message.len() as u64;
    let part = |ret, size| String::from_utf8(Returned::of(message, size, ret, false).part()).unwrap();
    assert!(
        part(Some(Ret::Full), size).starts_with("Content-Type: message/rfc822\r\n\r\nSubject: hello\r\n\r\nthe body")
    );
    for header in [part(Some(Ret::Headers), size), part(None, size), part(Some(Ret::Full), RETURN_LIMIT + 1)] {
        assert!(
            header.starts_with("Content-Type: text/rfc822-headers\r\n\r\n") && !header.contains("body"),
            "{header}"
        );
    }
    let endless = b"X: y\r\n".repeat(20_000);
    let part = Returned::of(&endless, endless.len() as u64, None, false).part();
    assert!(part.len() < 40_000 && part.ends_with(b"X: y\r\n"));
}
