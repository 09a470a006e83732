//! The shapes of lines, as the appliance writes them, and what hostile text comes to.

use time::macros::datetime;

use super::*;

fn text(event: Event) -> String {
    let mut out = String::new();
    LogLine { time: datetime!(2026-03-06 09:05:03 UTC), event }.text(&mut out);
    let line = out.strip_suffix('\n').unwrap().to_owned();
    line.strip_prefix("Fri Mar  6 09:05:03 2026 ").unwrap_or(&line).to_owned()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn incoming() -> Event {
    Event::NewIncoming {
        icid: Icid(590125205),
        interface: "Data 1".into(),
        local: ip("192.168.1.1"),
        address: ip("10.0.0.1"),
        reverse: Some("mail.example.com".into()),
        verified: true,
        details: Details::new(),
    }
}

#[test]
fn every_line_has_the_shape_that_greps_expect() {
    let icid = Icid(590125205);
    let (dcid, mid) = (Dcid(41014367), Mid(179701982));
    for (event, expected) in [
        (
            incoming(),
            "Info: New SMTP ICID 590125205 interface Data 1 (192.168.1.1) address 10.0.0.1 reverse dns host mail.example.com verified yes",
        ),
        (
            Event::Policy { icid, action: "ACCEPT".into(), group: "UNKNOWN".into(), matched: "ALL".into() },
            "Info: ICID 590125205 ACCEPT SG UNKNOWN match ALL SBRS none",
        ),
        (
            Event::TlsSuccess {
                connection: icid.into(),
                protocol: "TLSv1.2".into(),
                cipher: "ECDHE-RSA-AES256-GCM-SHA384".into(),
                details: Details::new(),
            },
            "Info: ICID 590125205 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384",
        ),
        (
            Event::TlsSuccess {
                connection: dcid.into(),
                protocol: "TLSv1.3".into(),
                cipher: "TLS_AES_256_GCM_SHA384".into(),
                details: Details::new().with("verify", "hosted-ok").with("match", "mx1.example.net"),
            },
            "Info: DCID 41014367 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384 verify=hosted-ok match=mx1.example.net",
        ),
        (
            Event::TlsFailed {
                connection: dcid.into(),
                reason: "STARTTLS unexpected response".into(),
                details: Details::new(),
            },
            "Info: DCID 41014367 TLS failed: STARTTLS unexpected response",
        ),
        (Event::Lost { connection: icid.into() }, "Info: ICID 590125205 lost"),
        (Event::Close { connection: icid.into() }, "Info: ICID 590125205 close"),
        (Event::Start { mid, icid }, "Info: Start MID 179701982 ICID 590125205"),
        (
            Event::NewOutgoing {
                dcid,
                mid: Mid(179701982),
                interface: ip("192.168.1.1"),
                address: ip("10.0.0.1"),
                port: 25,
                details: Details::new(),
            },
            "Info: New SMTP DCID 41014367 interface 192.168.1.1 address 10.0.0.1 port 25 mid=179701982",
        ),
        (
            Event::DeliveryStart { dcid, mid, rids: vec![Rid(0)] },
            "Info: Delivery start DCID 41014367 MID 179701982 to RID [0]",
        ),
        (
            Event::ConnectionError {
                dcid: Dcid(40986669),
                mid: Mid(179701982),
                domain: "example.com".into(),
                address: Some(ip("10.0.0.1")),
                port: 25,
                detail: "454-'TLS not available due to temporary reason'".into(),
                interface: Some(ip("192.168.1.1")),
                reason: "unexpected SMTP response".into(),
                details: Details::new(),
            },
            "Info: Connection Error: DCID 40986669 domain: example.com IP:10.0.0.1 port: 25 details: 454-'TLS not available due to temporary reason' interface: 192.168.1.1 reason: unexpected SMTP response mid=179701982",
        ),
        (
            Event::TlsUnsupported { dcid: Dcid(7), details: Details::new() },
            "Info: DCID 7 STARTTLS command not supported.",
        ),
        (
            Event::TlsRequired {
                dcid,
                domain: "example.com".into(),
                required: "required-verify".into(),
                code: "cert/expired-leaf".into(),
                result: Some("certificate-expired".into()),
                reason: "expired 9 days ago".into(),
            },
            "Warning: DCID 41014367 TLS required and not reached: expired 9 days ago domain=example.com required=required-verify code=cert/expired-leaf result=certificate-expired",
        ),
    ] {
        assert_eq!(text(event), expected);
    }
}

#[test]
fn nothing_from_outside_begins_a_line_or_reaches_the_terminal() {
    let hostile = "a\r\nFri Mar  6 09:05:03 2026 Info: MID 1 queued \x1b[2J\u{202e}\"=\\ é";
    let line = text(Event::From {
        mid: Mid(1),
        icid: Icid(2),
        sender: hostile.into(),
        details: Details::new().with("helo", hostile).with("empty", ""),
    });
    assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line}");
    assert!(line.contains("From: <a\\x0d\\x0aFri") && line.contains("\\x1b[2J\\u{202e}\"=\\\\ é>"), "{line}");
    assert!(
        line.ends_with(
            "helo=\"a\\x0d\\x0aFri Mar  6 09:05:03 2026 Info: MID 1 queued \\x1b[2J\\u{202e}\\\"=\\\\ é\" empty=\"\""
        ),
        "{line}"
    );
}

#[test]
fn the_same_event_as_json() {
    let mut out = String::new();
    let event = Event::TlsSuccess {
        connection: Icid(5).into(),
        protocol: "TLSv1.3".into(),
        cipher: "TLS_AES_128_GCM_SHA256".into(),
        details: Details::new().with("sni", "mx1.example.com"),
    };
    LogLine { time: datetime!(2026-03-06 09:05:03.250 +1), event }.json(&mut out);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "time": "2026-03-06T08:05:03.250Z", "level": "info", "event": "tls_success", "icid": 5,
            "protocol": "TLSv1.3", "cipher": "TLS_AES_128_GCM_SHA256", "sni": "mx1.example.com"
        })
    );
}

/// Pieces of text as a peer would choose them that wants to be taken for us.
const PIECES: &[&str] = &[
    "a",
    " ",
    "=",
    " code=x",
    "verify=ok",
    "'",
    "\"",
    "\\",
    ">",
    "<",
    "> Rejected",
    "\r\n",
    "\u{202e}",
    "é",
    " reason: ",
    " interface: 1.2.3.4",
    " details: ",
    " - ",
    " RID [0]",
    ") address ",
    " match ",
    "\\x3d",
    "\u{fffd}",
    "",
    "CN=Root, O=A",
    "x=",
    " mid=9",
    "Fri Mar  6 09:05:03 2026 Info: MID 1 queued for delivery",
    " SBRS none",
    "prvs=1234=me@example.com",
    "{",
    "}",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn text(&mut self) -> String {
        (0..self.below(6)).map(|_| PIECES[self.below(PIECES.len() as u64) as usize]).collect()
    }

    fn some<T>(&mut self, value: T) -> Option<T> {
        (self.below(2) == 0).then_some(value)
    }

    fn rids(&mut self) -> Vec<Rid> {
        (0..self.below(4)).map(|_| Rid(self.below(1 << 20) as u32)).collect()
    }

    fn address(&mut self) -> IpAddr {
        ip(["192.0.2.7", "2001:db8::7", "127.0.0.1"][self.below(3) as usize])
    }

    fn details(&mut self) -> Details {
        let keys = ["verify", "match", "source", "reply", "helo", "last_seen", "host"];
        let count = self.below(4) as usize;
        keys[..count].iter().fold(Details::new(), |details, key| details.with(key, self.text()))
    }

    fn connection(&mut self) -> Connection {
        if self.below(2) == 0 { Icid(self.below(1 << 40)).into() } else { Dcid(self.below(1 << 40)).into() }
    }

    fn event(&mut self, kind: u64) -> Event {
        let (icid, mid, dcid) = (Icid(self.below(1 << 40)), Mid(self.below(1 << 40)), Dcid(self.below(1 << 40)));
        let (text, other, details, rids) = (self.text(), self.text(), self.details(), self.rids());
        let (address, local, connection) = (self.address(), self.address(), self.connection());
        let (rid, of, port) = (Rid(self.below(100) as u32), Mid(self.below(100)), self.below(65_536) as u16);
        let (code, reason) = ("4.7.5".to_owned(), text.clone());
        match kind {
            0 => {
                let (interface, reverse) =
                    (format!("Data {}", self.below(9)), self.some("mail.example.com".to_owned()));
                Event::NewIncoming { icid, interface, local, address, reverse, verified: port > 9, details }
            }
            1 => {
                let (action, group) =
                    (["ACCEPT", "RELAY", "REJECT", "TCPREFUSE"][self.below(4) as usize], "A B".into());
                Event::Policy { icid, action: action.into(), group, matched: ".example.com".into() }
            }
            2 => Event::NewOutgoing { dcid, mid, interface: local, address, port, details },
            3 => Event::TlsSuccess { connection, protocol: "TLSv1.3".into(), cipher: "AES".into(), details },
            4 => Event::TlsFailed { connection, reason, details },
            5 => Event::TlsUnsupported { dcid, details },
            6 => Event::Downgrade { dcid, domain: other, host: text, address, last_seen: "2026".into() },
            7 => {
                let (required, result) = ("required".into(), self.some("validation-failure".to_owned()));
                Event::TlsRequired { dcid, domain: other, required, code, result, reason }
            }
            8 => Event::Lost { connection },
            9 => Event::Close { connection },
            10 => Event::Start { mid, icid },
            11 => Event::From { mid, icid, sender: text, details },
            12 => Event::To { mid, icid, rid, recipient: text },
            13 => Event::Rejected { mid, icid, recipient: text, reply: other },
            14 => Event::MessageId { mid, message_id: text },
            15 => Event::Ready { mid, octets: self.below(1 << 50), sender: text },
            16 => Event::Queued { mid },
            17 => Event::Aborted { mid, reason },
            18 => Event::ReceivingFailed { icid, reason, reply: other },
            19 => Event::DeliveryStart { dcid, mid, rids },
            20 => Event::DeliveryDone { dcid, mid, rids, details },
            21 => Event::Response { mid, rids, reply: text },
            22 => Event::Delayed { dcid: self.some(dcid), mid, rids, code, reason, details },
            23 => Event::Bounced { dcid: self.some(dcid), mid, rids, code, reason, details },
            24 => Event::Generated { mid, of, action: "failed".into() },
            25 => Event::Finished { mid },
            26 => Event::ConnectionError {
                dcid,
                mid,
                domain: "example.com".into(),
                address: self.some(address),
                port,
                detail: text,
                interface: self.some(local),
                reason: "TLS error".into(),
                details,
            },
            27 => Event::LegacyPeer { dcid, domain: other, host: "mx1".into(), address, code, reason },
            28 => Event::Administered { mid, rids, deed: "held".into() },
            _ => {
                let level = [Level::Info, Level::Warning, Level::Critical][self.below(3) as usize];
                Event::Engine { level, text: format!("serving {text}"), details }
            }
        }
    }
}

/// One more than the last number that `event` knows.
const KINDS: u64 = 30;

fn reader() -> LineClock {
    LineClock::new(crate::sys::time_zone::TimeZone::default())
}

#[test]
fn what_is_written_is_read_back() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for round in 0..20_000 {
        let line = LogLine { time: datetime!(2026-03-06 09:05:03 UTC), event: dice.event(round % KINDS) };
        let (mut text, mut json) = (String::new(), String::new());
        line.text(&mut text);
        line.json(&mut json);
        let text = text.trim_end_matches('\n');
        assert_eq!(LogLine::parse(text.as_bytes(), &mut reader()).as_ref(), Ok(&line), "{text}");
        assert_eq!(LogLine::parse_json(json.trim_end().as_bytes()).as_ref(), Ok(&line), "{json}");
        let head = head(text.as_bytes()).unwrap();
        assert_eq!((head.icid, head.mid, head.dcid, head.of), numbers(&line.event), "{text}");
    }
}

/// What the front of a line must tell, from the event itself.
fn numbers(event: &Event) -> (Option<Icid>, Option<Mid>, Option<Dcid>, Option<Mid>) {
    let json = serde_json::to_value(event).unwrap();
    let number = |key: &str| json.get(key).and_then(serde_json::Value::as_u64);
    (number("icid").map(Icid), number("mid").map(Mid), number("dcid").map(Dcid), number("of").map(Mid))
}

#[test]
fn a_line_that_is_cut_or_foreign_is_not_ours() {
    let mut dice = Dice(7);
    for round in 0..5_000 {
        let line = LogLine { time: datetime!(2026-03-06 09:05:03 UTC), event: dice.event(round % (KINDS - 1)) };
        let mut text = String::new();
        line.text(&mut text);
        // Anywhere, also within a character: never a panic.
        let cut = dice.below(text.len() as u64) as usize;
        let read = LogLine::parse(&text.as_bytes()[..cut], &mut reader());
        assert!(cut > 40 || read.is_err() || matches!(read, Ok(LogLine { event: Event::Engine { .. }, .. })), "{text}");
    }
    for foreign in [
        "",
        "\0\0\0",
        "Mar  6 09:05:03 mx1 postfix/smtpd[7]: connect from localhost",
        "Fri Mar  6 09:05:03 2026 Debug: MID 1 queued for delivery",
        "Fri Mar  6 25:05:03 2026 Info: MID 1 queued for delivery",
        "Fri Mar  6 09:05:03 2026 Info: MID one queued for delivery",
        "Fri Mar  6 09:05:03 2026 Info: New SMTP ICID 59",
        "Fri Mar  6 09:05:03 2026 Info: ICID 5 TLS failed: x code=\"open",
    ] {
        assert_eq!(LogLine::parse(foreign.as_bytes(), &mut reader()), Err(NotOurs), "{foreign}");
        assert_eq!(LogLine::parse_json(foreign.as_bytes()), Err(NotOurs), "{foreign}");
    }
}
