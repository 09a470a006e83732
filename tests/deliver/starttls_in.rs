//! TLS on a listener: what is offered under which policy, what a handshake changes, and whose certificate is accepted.

use std::net::TcpStream;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use sealpost::deliver::engine::InUse;
use sealpost::deliver::live::Live;

use crate::gate::{Gate, Wish, identity};
use crate::needs;
use crate::support::smtp::Client;
use crate::support::tls::{self, TlsStream};
use crate::support::{Bench, Run};

/// STARTTLS and a handshake.
#[track_caller]
pub fn started(gate: &Gate, config: &Arc<ClientConfig>, sni: &str) -> TlsStream {
    let mut client = gate.client();
    client.ask("STARTTLS", "220 ");
    tls::handshake(client.stream.try_clone().unwrap(), config, sni).unwrap()
}

fn anybody() -> Arc<ClientConfig> {
    Arc::new(tls::config(None))
}

#[test]
fn starttls_is_offered_where_a_policy_says_so_and_never_twice() {
    let off = Gate::with(Wish::default());
    let mut client = Client::connect(off.address);
    client.expect("220 ", "greeting");
    assert!(!client.ask("EHLO a", "250-").contains("STARTTLS"));
    client.ask("STARTTLS", "502 5.5.1 ");
    let gate = Gate::plain();
    let mut client = gate.client();
    assert_eq!(client.ask("STARTTLS", "220 "), "220 Go ahead with TLS");
    let mut stream = tls::handshake(client.stream.try_clone().unwrap(), &anybody(), "mx1.example.com").unwrap();
    assert_eq!(tls::ask(&mut stream, "MAIL FROM:<>"), "503 5.5.1 Say EHLO first\r\n", "the EHLO before TLS counted");
    let ehlo = tls::ask(&mut stream, "EHLO a");
    assert!(ehlo.contains("250-PIPELINING") && !ehlo.contains("STARTTLS"), "{ehlo}");
    assert!(tls::ask(&mut stream, "STARTTLS").starts_with("503 5.5.1 "));
    gate.log_has("ICID 1 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384 sni=mx1.example.com");
}

#[test]
fn a_message_over_tls_says_so_in_its_received_field() {
    let gate = Gate::plain();
    let mut stream = started(&gate, &anybody(), "mx1.example.com");
    for command in ["EHLO client.example", "MAIL FROM:<>", "RCPT TO:<u@example.com>", "DATA"] {
        assert!(tls::ask(&mut stream, command).starts_with(['2', '3']), "{command}");
    }
    assert!(tls::ask(&mut stream, "x\r\n.").starts_with("250 "));
    let message = gate.message();
    assert!(message.contains(" with ESMTPS id 1\r\n"), "{message}");
    assert!(message.contains("\r\n tls TLS_AES_256_GCM_SHA384 (TLSv1.3); "), "{message}");
    assert!(gate.queued()[0].message.received.over_tls);
}

#[test]
fn where_tls_is_required_nothing_else_is_served_before_it() {
    let gate = Gate::with(Wish { policy: "tls = \"required\"", ..Wish::default() });
    let refused = "530 5.7.0 Must issue a STARTTLS command first";
    for command in ["MAIL FROM:<>", "RCPT TO:<u@example.com>", "DATA", "BDAT 0 LAST", "VRFY a", "EXPN a", "HELP"] {
        let mut client = gate.client();
        assert_eq!(client.ask(command, "530 "), refused, "{command}");
        client.ask("NOOP", "250 ");
    }
    let mut client = gate.client();
    client.ask("HELO a", "250 ");
    client.ask("RSET", "250 ");
    client.ask("QUIT", "221 ");
    let mut stream = started(&gate, &anybody(), "mx1.example.com");
    tls::ask(&mut stream, "EHLO a");
    assert!(tls::ask(&mut stream, "MAIL FROM:<>").starts_with("250 "));
}

#[test]
fn under_preferred_certain_senders_must_use_tls() {
    let policy = "tls = \"preferred\"\ntls-senders = [\"@bank.example\", \"boss@shop.example\"]";
    let gate = Gate::with(Wish { policy, ..Wish::default() });
    for (sender, reply) in [
        ("anybody@bank.example", "530 5.7.0 Must issue a STARTTLS command first"),
        ("BOSS@shop.example", "530 5.7.0 Must issue a STARTTLS command first"),
        ("clerk@shop.example", "250 2.1.0 Sender ok"),
        ("", "250 2.1.0 Sender ok"),
    ] {
        assert_eq!(gate.client().ask(&format!("MAIL FROM:<{sender}>"), ""), reply);
    }
    let mut stream = started(&gate, &anybody(), "mx1.example.com");
    tls::ask(&mut stream, "EHLO a");
    assert!(tls::ask(&mut stream, "MAIL FROM:<a@bank.example>").starts_with("250 "));
}

#[test]
fn with_implicit_tls_the_handshake_comes_first() {
    let gate = Gate::with(Wish { listener: "implicit-tls = true", ..Wish::default() });
    let stream = TcpStream::connect(gate.address).unwrap();
    let mut stream = tls::handshake(stream, &anybody(), "mx1.example.com").unwrap();
    assert_eq!(tls::reply(&mut stream), "220 mx1.example.com ESMTP\r\n");
    assert!(!tls::ask(&mut stream, "EHLO a").contains("STARTTLS"));
}

#[test]
fn a_session_is_resumed_until_the_certificate_changes() {
    let gate = Gate::plain();
    let config = anybody();
    let first = started(&gate, &config, "mx1.example.com");
    let before = tls::shown(&first);
    // The ticket comes with the first reply.
    let mut first = first;
    tls::ask(&mut first, "NOOP");
    let mut second = started(&gate, &config, "mx1.example.com");
    tls::ask(&mut second, "NOOP");
    gate.log_has("sni=mx1.example.com resumed=yes");
    let mut renewed = Wish { policy: "tls = \"preferred\"", ..Wish::default() }.gateway(2);
    renewed.identities.insert(renewed.demo.clone(), identity("mx1.example.com"));
    gate.shared.swap(InUse::new(Live::load(renewed).unwrap()));
    let third = started(&gate, &config, "mx1.example.com");
    assert_ne!(tls::shown(&third), before, "a ticket resumed the old certificate");
    assert_eq!(gate.log().matches("resumed=yes").count(), 1);
    // The old connection goes on with what it began with.
    assert!(tls::ask(&mut second, "EHLO a").starts_with("250-"));
}

#[test]
fn a_client_certificate_is_judged_after_the_handshake() {
    let root = authority();
    let anchors = [root.0.as_str()];
    for (tls_setting, usage, shows, reply) in [
        ("preferred", "client", Some("client"), "250 "),
        ("preferred", "client", None, "250 "),
        ("preferred", "client", Some("server"), "550 5.7.1 Client certificate is not accepted (cert/eku)"),
        ("preferred", "any", Some("server"), "250 "),
        ("preferred", "client", Some("stranger"), "550 5.7.1 Client certificate is not accepted (chain/"),
        ("preferred", "any", Some("expired"), "550 5.7.1 Client certificate is not accepted (cert/expired-leaf)"),
        ("required", "client", Some("client"), "250 "),
        ("required", "client", None, "550 5.7.1 A client certificate is required"),
        ("required", "client", Some("stranger"), "550 5.7.1 Client certificate is not accepted (chain/"),
    ] {
        let policy = format!("tls = \"{tls_setting}\"\nverify-client = true\nclient-usage = \"{usage}\"");
        let gate = Gate::with(Wish { policy: &policy, anchors: &anchors, ..Wish::default() });
        let certificate = shows.map(|kind| client_certificate(&root, kind));
        let config = Arc::new(tls::config(certificate));
        // Twice: the second session is resumed, and asks nobody again.
        for round in ["full", "resumed"] {
            let mut stream = started(&gate, &config, "mx1.example.com");
            tls::ask(&mut stream, "EHLO a");
            let answer = tls::ask(&mut stream, "MAIL FROM:<a@b.example>");
            assert!(answer.starts_with(reply), "{tls_setting} {usage} {shows:?} {round}: {answer}");
        }
        gate.log_has("resumed=yes");
        let log = gate.log();
        match shows {
            None => assert!(log.contains(" client=none"), "{log}"),
            Some(_) if reply == "250 " => assert!(log.contains(" verify=ok"), "{log}"),
            Some(_) => assert!(log.contains("Receiving Failed: client certificate: "), "{log}"),
        }
    }
}

/// Whoever shows a certificate and does not hold its key is not let in at all.
#[test]
fn a_client_has_to_hold_the_key_of_the_certificate_that_it_shows() {
    let root = authority();
    let anchors = [root.0.as_str()];
    let policy = "tls = \"preferred\"\nverify-client = true";
    let gate = Gate::with(Wish { policy, anchors: &anchors, ..Wish::default() });
    let (chain, _) = client_certificate(&root, "client");
    let (_, other) = client_certificate(&root, "client");
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(other).unwrap();
    for versions in [&[&TLS12][..], &[&TLS13][..]] {
        let mut config = tls::config_of(versions, None);
        let key = CertifiedKey::new(chain.clone(), key.clone());
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(key));
        let mut client = gate.client();
        client.ask("STARTTLS", "220 ");
        // In TLS 1.3 the server says so only after our own part has ended.
        if let Ok(mut stream) = tls::handshake(client.stream.try_clone().unwrap(), &Arc::new(config), "mx1.example.com")
        {
            assert_eq!(tls::reply(&mut stream), "");
        }
    }
    gate.log_has("ICID 2 close");
    let log = gate.log();
    assert_eq!(log.matches("TLS failed: ").count(), 2, "{log}");
    assert!(!log.contains("TLS success"), "{log}");
}

type Authority = (String, rcgen::CertificateParams, rcgen::KeyPair);

fn authority() -> Authority {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(rcgen::DnType::CommonName, "client root");
    (params.self_signed(&key).unwrap().pem(), params, key)
}

fn client_certificate(root: &Authority, kind: &str) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["client.example".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![match kind {
        "server" => rcgen::ExtendedKeyUsagePurpose::ServerAuth,
        _ => rcgen::ExtendedKeyUsagePurpose::ClientAuth,
    }];
    params.serial_number = Some(rcgen::SerialNumber::from(7_u64));
    if kind == "expired" {
        params.not_after = time::macros::datetime!(2020-01-01 00:00 UTC);
    }
    let stranger = authority();
    let (_, issuer, issuer_key) = if kind == "stranger" { &stranger } else { root };
    let issuer = rcgen::Issuer::from_params(issuer, issuer_key);
    let certificate = params.signed_by(&key, &issuer).unwrap();
    (vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

/// `openssl s_client` against a gate, with SMTP on its standard input.
fn s_client(gate: &Gate, options: &str, input: &str) -> Run {
    let bench = Bench::new();
    bench.write("input", input);
    bench.shell(&format!(
        "(cat input; sleep 1) | openssl s_client -connect {} {options} -crlf -quiet -ign_eof 2>&1 || true",
        gate.address
    ))
}

#[test]
fn openssl_speaks_every_version_and_suite_that_is_offered() {
    needs!("openssl");
    let gate = Gate::plain();
    for (options, logged) in [
        ("-tls1_3", "protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384"),
        ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "protocol TLSv1.3 cipher TLS_CHACHA20_POLY1305_SHA256"),
        ("-tls1_2", "protocol TLSv1.2 cipher ECDHE-ECDSA-AES256-GCM-SHA384"),
        ("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", "protocol TLSv1.2 cipher ECDHE-ECDSA-AES128-GCM-SHA256"),
        ("-alpn smtp", "protocol TLSv1.3"),
        ("-noservername", "protocol TLSv1.3"),
    ] {
        let said = s_client(&gate, &format!("-starttls smtp {options}"), "EHLO a\nQUIT\n").out;
        assert!(said.contains("221 2.0.0 Bye"), "{options}:\n{said}");
        gate.log_has(logged);
    }
}

#[test]
fn a_handshake_that_cannot_be_is_told_with_its_reason() {
    needs!("openssl");
    let gate = Gate::plain();
    for (options, reason) in [
        ("-tls1_1 -cipher DEFAULT:@SECLEVEL=0", "the client offers no version of TLS that is newer than 1.1"),
        ("-tls1_2 -cipher AES256-SHA", "the client offers no key exchange that is enabled here"),
        ("-alpn http/1.1", "the client wants to speak another protocol than SMTP (ALPN)"),
    ] {
        let said = s_client(&gate, &format!("-starttls smtp {options}"), "QUIT\n").out;
        assert!(!said.contains("221 "), "{options}:\n{said}");
        gate.log_has(&format!("TLS failed: {reason}"));
    }
    gate.log_has("ICID 1 lost");
    gate.log_has("ICID 1 close");
}
