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
            Event::Policy { icid, action: "ACCEPT", group: "UNKNOWN".into(), matched: "ALL".into() },
            "Info: ICID 590125205 ACCEPT SG UNKNOWN match ALL SBRS none",
        ),
        (
            Event::TlsSuccess {
                connection: icid.into(),
                protocol: "TLSv1.2",
                cipher: "ECDHE-RSA-AES256-GCM-SHA384",
                details: Details::new(),
            },
            "Info: ICID 590125205 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384",
        ),
        (
            Event::TlsSuccess {
                connection: dcid.into(),
                protocol: "TLSv1.3",
                cipher: "TLS_AES_256_GCM_SHA384",
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
                interface: ip("192.168.1.1"),
                address: ip("10.0.0.1"),
                port: 25,
                details: Details::new(),
            },
            "Info: New SMTP DCID 41014367 interface 192.168.1.1 address 10.0.0.1 port 25",
        ),
        (
            Event::DeliveryStart { dcid, mid, rids: vec![Rid(0)] },
            "Info: Delivery start DCID 41014367 MID 179701982 to RID [0]",
        ),
        (
            Event::ConnectionError {
                dcid: Dcid(40986669),
                domain: "example.com".into(),
                address: Some(ip("10.0.0.1")),
                port: 25,
                detail: "454-'TLS not available due to temporary reason'".into(),
                interface: Some(ip("192.168.1.1")),
                reason: "unexpected SMTP response".into(),
            },
            "Info: Connection Error: DCID 40986669 domain: example.com IP:10.0.0.1 port: 25 details: 454-'TLS not available due to temporary reason' interface: 192.168.1.1 reason: unexpected SMTP response",
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
        protocol: "TLSv1.3",
        cipher: "TLS_AES_128_GCM_SHA256",
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
