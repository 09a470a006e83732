//! The table of outcomes, cell by cell: six settings by everything that a mail host can be like.

use rustls::ALL_VERSIONS;
use sealpost::deliver::outcome::Outcome;
use sealpost::deliver::sink::failure::Failure;
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::sys::clock;

use crate::fake_dns::FakeDns;
use crate::world::{Farm, HASTY, World, parcel, run};

pub const SETTINGS: [&str; 6] =
    ["no", "preferred", "required", "preferred-verify", "required-verify", "required-verify-hosted"];

/// What one kind of mail host leads to, one letter for each setting:
///
/// `P` delivered in clear text, `N` in clear text over a second connection, `E` delivered encrypted to whoever it was, `R` the same
/// with the reason why the peer is not verified, `A` delivered to a verified peer, `-` not sent.
pub struct Column {
    pub name: &'static str,
    pub failures: &'static [Failure],
    pub kind: Kind,
    pub names: &'static [&'static str],
    pub cells: &'static str,
    status: &'static str,
    pub code: &'static str,
}

pub const DOMAIN: &[&str] = &["example.net"];
const MX: &[&str] = &["mx1.example.net"];

const fn before(
    name: &'static str,
    failures: &'static [Failure],
    cells: &'static str,
    status: &'static str,
    code: &'static str,
) -> Column {
    Column { name, failures, kind: Kind::Good, names: DOMAIN, cells, status, code }
}

const fn shows(
    name: &'static str,
    kind: Kind,
    names: &'static [&'static str],
    cells: &'static str,
    code: &'static str,
) -> Column {
    Column { name, failures: &[], kind, names, cells, status: "4.7.5", code }
}

/// DELIVERY section 1. The settings stand in the order of `SETTINGS`.
pub const TABLE: &[Column] = &[
    before("no EHLO", &[Failure::NoEhlo], "PP-P--", "4.7.4", "tls/no-esmtp"),
    before("no STARTTLS", &[Failure::NoStartTls], "PP-P--", "4.7.4", "tls/starttls-not-offered"),
    before(
        "STARTTLS on the greeting line",
        &[Failure::StartTlsOnGreetingLine],
        "PP-P--",
        "4.7.4",
        "tls/starttls-on-greeting-line",
    ),
    before("STARTTLS 454", &[Failure::StartTls454], "PP-P--", "4.7.0", "tls/starttls-refused"),
    before("STARTTLS 5xx", &[Failure::StartTls554], "PP-P--", "4.7.0", "tls/starttls-refused"),
    before("lost at STARTTLS", &[Failure::StartTlsLost], "PN-N--", "4.4.2", "tls/lost-at-starttls"),
    before("421 at STARTTLS", &[Failure::StartTls421], "PN-N--", "4.4.2", "tls/lost-at-starttls"),
    before("silence at STARTTLS", &[Failure::StartTlsStall], "PN-N--", "4.4.2", "tls/lost-at-starttls"),
    before("reply behind the 220", &[Failure::InjectedReply], "P-----", "4.7.5", "tls/octets-behind-starttls"),
    before("alert after the 220", &[Failure::HandshakeAlert], "P-----", "4.7.5", "tls/no-common-cipher"),
    before("close after the 220", &[Failure::HandshakeClose], "P-----", "4.7.5", "tls/handshake-failed"),
    before("garbage after the 220", &[Failure::HandshakeGarbage], "P-----", "4.7.5", "tls/not-tls"),
    before("silence after the 220", &[Failure::HandshakeStall], "P-----", "4.7.5", "tls/handshake-silent"),
    before("TLS 1.1 alone", &[Failure::LegacyTls], "P-----", "4.7.5", "tls/legacy-protocol"),
    shows("wrong key", Kind::WrongKey, DOMAIN, "P-----", "tls/wrong-key"),
    shows("self-signed", Kind::SelfSigned, DOMAIN, "PEER--", "chain/self-signed-leaf"),
    shows("expired", Kind::Expired, DOMAIN, "PEER--", "cert/expired-leaf"),
    shows("not yet valid", Kind::NotYetValid, DOMAIN, "PEER--", "cert/not-yet-valid"),
    // The sink's stranger has the name of the authority that is trusted, and another key.
    shows("unknown issuer", Kind::UnknownIssuer, DOMAIN, "PEER--", "chain/bad-signature"),
    shows("missing intermediate", Kind::MissingIntermediate, DOMAIN, "PEER--", "chain/missing-intermediate"),
    shows("CA as leaf", Kind::AuthorityAsLeaf, DOMAIN, "PEER--", "cert/leaf-is-ca"),
    shows("wrong usage", Kind::WrongUsage, DOMAIN, "PEER--", "cert/eku"),
    shows("wrong name", Kind::WrongName, DOMAIN, "PEER--", "name/hostname-mismatch"),
    shows("right by MX name only", Kind::Good, MX, "PEER-A", "name/hostname-mismatch"),
    shows("right by domain", Kind::Good, DOMAIN, "PEEAAA", ""),
    shows("right by common name", Kind::CommonNameOnly, DOMAIN, "PEEAAA", ""),
];

#[test]
fn every_cell_of_the_table_is_as_it_stands_there() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for column in TABLE {
            for (setting, cell) in SETTINGS.iter().zip(column.cells.chars()) {
                check(&authority, column, setting, cell).await;
            }
        }
    });
}

async fn check(authority: &Authority, column: &Column, setting: &str, cell: char) {
    let host = Farm {
        kind: column.kind,
        failures: column.failures,
        versions: ALL_VERSIONS,
        ..Farm::good(authority, column.names)
    };
    let host = host.start().await;
    let (dns, _) = FakeDns::zone("example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n");
    let toml = format!("[destination]\ntls = \"{setting}\"\n");
    let mut world = World::new(&toml, dns.address, &[authority], host.address.port());
    let stalls = [Failure::StartTlsStall, Failure::HandshakeStall];
    if column.failures.iter().any(|failure| stalls.contains(failure)) {
        world.patience = HASTY;
    }
    let planned = world.plan("example.net").await.unwrap();
    let attempted = world.send(&planned, &parcel(&["you@example.net"], "Subject: x\n\nsecret\n").await).await;
    let lines = world.lines().join("\n");
    let place = format!("{} under {setting}\n{lines}\n{attempted:#?}", column.name);
    let messages = host.messages();
    let [(_, ended)] = attempted.ended.as_slice() else { panic!("{place}") };
    let log_has = |text: &str| assert!(lines.contains(text), "no `{text}` in the log: {place}");
    match (cell, &ended.outcome) {
        ('-', Outcome::Deferred(reason)) => {
            assert!(messages.is_empty(), "mail left: {place}");
            assert_eq!((reason.status().to_string().as_str(), reason.code()), (column.status, column.code), "{place}");
            if setting.starts_with("required") {
                log_has(&format!("Warning: DCID 1 TLS required and not reached: {reason}"));
                log_has(&format!("domain=example.net required={setting} code={}", column.code));
            }
            assert_eq!(host.connections(), 1, "{place}");
        }
        (_, Outcome::Delivered { .. }) if cell != '-' => {
            let [message] = messages.as_slice() else { panic!("{place}") };
            assert_eq!(message.tls.is_none(), "PN".contains(cell), "{place}");
            assert_eq!(host.connections(), if cell == 'N' { 2 } else { 1 }, "{place}");
            log_has("Message done DCID");
            match cell {
                'A' => {
                    log_has(if setting.ends_with("hosted") { "verify=hosted-ok match=" } else { "verify=ok match=" })
                }
                'R' => log_has(&format!("verify=failed code={}", column.code)),
                'E' => assert!(!lines.contains("verify="), "{place}"),
                'N' => log_has(&format!("code={}", column.code)),
                _ if setting == "no" => assert!(!lines.contains("TLS "), "{place}"),
                _ => log_has(&format!("code={}", column.code)),
            }
        }
        _ => panic!("expected {cell}: {place}"),
    }
}

/// APPLIANCE section 4.2: a name that the address resolves to is no reference; the log says when the appliance takes it for one.
#[test]
fn the_log_tells_when_the_appliance_would_have_accepted_by_ptr() {
    const ZONE: &str = "example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n\
                        1.0.0.127.in-addr.arpa PTR mail.isp.example\n";
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for (setting, kind, names, told) in [
            ("preferred-verify", Kind::Good, ["mail.isp.example"], true),
            ("required-verify", Kind::Good, ["mail.isp.example"], true),
            ("required-verify", Kind::Good, ["other.example"], false),
            // Something else is wrong, too, and so the appliance refuses it as we do.
            ("required-verify", Kind::Expired, ["mail.isp.example"], false),
            // Hosted Verify does not ask for PTR names.
            ("required-verify-hosted", Kind::Good, ["mail.isp.example"], false),
            ("preferred", Kind::Good, ["mail.isp.example"], false),
        ] {
            let host = Farm { kind, ..Farm::good(&authority, &names) }.start().await;
            let (dns, _) = FakeDns::zone(ZONE);
            let toml = format!("[destination]\ntls = \"{setting}\"\n");
            let world = World::new(&toml, dns.address, &[&authority], host.address.port());
            let planned = world.plan("example.net").await.unwrap();
            let attempted = world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
            let lines = world.lines().join("\n");
            assert_eq!(lines.contains("ptr_match=mail.isp.example"), told, "{setting} {kind:?} {names:?}\n{lines}");
            let delivered = matches!(attempted.ended[0].1.outcome, Outcome::Delivered { .. });
            assert_eq!(delivered, setting.starts_with("preferred"), "{setting}: telling of it changes nothing");
        }
    });
}
