//! Real TLS servers of other makes as mail hosts: those that have only what nobody should speak any more, and those that ask for our
//! certificate.

use sealpost::deliver::gateway::Identity;
use sealpost::deliver::outcome::{Cause, Outcome, Reason};

use crate::fake_dns::FakeDns;
use crate::gate::identity;
use crate::needs;
use crate::outcomes::SETTINGS;
use crate::support::Bench;
use crate::support::mail_host::{Later, MailHost, Server, Told};
use crate::world::{World, gateway_trusting, parcel, run};

/// What a sender saw of a mail host.
struct Seen {
    /// Why the message was not delivered.
    reason: Option<Reason>,
    lines: String,
}

/// A bench with a root, RSA, ECDSA and DSA certificates of example.net below it, and a second root that issued nothing.
fn bench() -> Bench {
    let bench = Bench::new();
    bench
        .shell(
            "root() { openssl req -x509 -newkey rsa:2048 -nodes -keyout $1.key -out $1.pem -days 90 -subj \"/CN=$1\"; }
            leaf() {
              openssl req -new -key $1.key -out $1.csr -subj /CN=example.net
              openssl x509 -req -in $1.csr -CA root.pem -CAkey root.key -days 60 -out $1.pem -extfile names
            }
            root root; root other
            echo 'subjectAltName=DNS:example.net' > names
            openssl genrsa -out rsa.key 2048; leaf rsa
            openssl ecparam -name prime256v1 -genkey -noout -out ec.key; leaf ec
            openssl dsaparam -genkey -out dsa.key 1024; leaf dsa",
        )
        .code(0);
    bench
}

/// Sends one message to the host under `setting`, with `own` bound to the role outbound.
fn send(bench: &Bench, host: &MailHost, setting: &str, own: Option<&Identity>, more: &str) -> Seen {
    let anchor = String::from_utf8(bench.read("root.pem")).unwrap();
    let (dns, _) = FakeDns::zone("example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n");
    let role = if own.is_some() { "[role]\noutbound = \"own\"\n" } else { "" };
    let toml = format!("[destination]\ntls = \"{setting}\"\n{role}{more}");
    let mut gateway = gateway_trusting(&toml, dns.address, &[&anchor]);
    gateway.identities.extend(own.map(|own| ("own".parse().unwrap(), own.clone())));
    let world = World::of(gateway, host.address.port());
    run(async {
        let planned = world.plan("example.net").await.unwrap();
        let attempted = world.send(&planned, &parcel(&["you@example.net"], "Subject: x\n\nsecret\n").await).await;
        let lines = world.lines().join("\n");
        match attempted.ended.into_iter().next().unwrap().1.outcome {
            Outcome::Delivered { .. } => Seen { reason: None, lines },
            Outcome::Deferred(reason) => Seen { reason: Some(reason), lines },
            other => panic!("{other:?}\n{lines}"),
        }
    })
}

/// S26: TLS of the past is refused with its reason; where TLS is not wanted, nobody notices.
#[test]
fn servers_of_the_past_are_told_and_listed() {
    needs!("openssl", "gnutls-serv");
    let bench = bench();
    let openssl = |options: &str| Server::OpenSsl(options.to_owned());
    let gnutls = |priority: &str| {
        Server::GnuTls(format!("--x509keyfile rsa.key --x509certfile rsa.pem --priority '{priority}'"))
    };
    let rsa = |options: &str| openssl(&format!("-cert rsa.pem -key rsa.key {options}"));
    let old = "TLS 1.1";
    for (server, code, word) in [
        (rsa("-tls1 -cipher DEFAULT:@SECLEVEL=0"), "tls/legacy-protocol", old),
        (rsa("-tls1_1 -cipher DEFAULT:@SECLEVEL=0"), "tls/legacy-protocol", old),
        // It looks for a cipher before it looks at the version.
        (gnutls("NORMAL:-VERS-ALL:+VERS-TLS1.1"), "tls/no-common-cipher", "no cipher of TLS 1.2 or newer"),
        (rsa("-tls1_2 -cipher AES256-GCM-SHA384:AES256-SHA"), "tls/no-common-cipher", "no cipher of TLS 1.2 or newer"),
        (rsa("-tls1_2 -cipher ECDHE-RSA-AES256-SHA384"), "tls/no-common-cipher", "no cipher of TLS 1.2 or newer"),
        (rsa("-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384"), "tls/no-common-cipher", "no cipher of TLS 1.2 or newer"),
        (gnutls("NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA"), "tls/no-common-cipher", "no cipher of TLS 1.2 or newer"),
        (openssl("-nocert -tls1_2 -cipher aNULL:@SECLEVEL=0"), "tls/no-common-cipher", "no cipher of TLS 1.2 or newer"),
        (
            openssl("-cert dsa.pem -key dsa.key -tls1_2 -cipher ALL:@SECLEVEL=0"),
            "tls/no-common-cipher",
            "no cipher of TLS 1.2 or newer",
        ),
    ] {
        let place = format!("{server:?}");
        let host = MailHost::start(server, &bench.path(""));
        for setting in SETTINGS {
            let Seen { reason, lines } = send(&bench, &host, setting, None, "");
            let place = format!("{place} under {setting}\n{lines}\n{reason:?}");
            if setting == "no" {
                assert!(reason.is_none() && !lines.contains("TLS "), "{place}");
                continue;
            }
            let reason = reason.unwrap_or_else(|| panic!("delivered: {place}"));
            assert_eq!((reason.code(), reason.status().to_string().as_str()), (code, "4.7.5"), "{place}");
            assert!(reason.to_string().contains(word), "{place}");
            let listed = format!("Warning: DCID 1 legacy peer: {reason} domain=example.net host=mx1.example.net ");
            assert_eq!(lines.matches(&listed).count(), 1, "{place}");
            assert_eq!(lines.contains("TLS required and not reached"), setting.starts_with("required"), "{place}");
        }
        let told = host.told(SETTINGS.len());
        let messages: usize = told.iter().map(|told| told.messages.len()).sum();
        assert_eq!(messages, 1, "mail left under another setting than No: {told:?}");
    }
}

/// A second connection for a small key comes after a 220, so it never leads to clear text; and a host that did TLS in earnest and no
/// longer offers it is told.
#[test]
fn what_one_connection_began_the_next_does_not_give_up() {
    needs!("openssl");
    let bench = bench();
    let small = || Server::OpenSsl("-cert small.pem -key small.key -cipher DEFAULT:@SECLEVEL=0".to_owned());
    bench
        .shell("openssl req -x509 -newkey rsa:1024 -nodes -keyout small.key -out small.pem -days 60 -subj /CN=small")
        .code(0);
    for (later, cause) in [(Later::Refusal, Cause::StartTlsRefused), (Later::NoStartTls, Cause::StartTlsNotOffered)] {
        for setting in ["preferred", "preferred-verify", "required"] {
            let host = MailHost::changing(small(), &bench.path(""), later);
            let Seen { reason, lines } = send(&bench, &host, setting, None, "");
            assert_eq!(reason.map(|reason| reason.cause()), Some(cause), "{later:?} under {setting}: {lines}");
            assert!(host.told(2).iter().all(|told| told.messages.is_empty()), "{:?}", host.told(2));
        }
    }

    let host =
        MailHost::changing(Server::OpenSsl("-cert ec.pem -key ec.key".to_owned()), &bench.path(""), Later::NoStartTls);
    let (dns, _) = FakeDns::zone("example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n");
    let gateway = gateway_trusting("[destination]\ntls = \"preferred\"\n", dns.address, &[]);
    let world = World::of(gateway, host.address.port());
    run(async {
        let planned = world.plan("example.net").await.unwrap();
        let message = parcel(&["you@example.net"], "hello\n").await;
        world.send(&planned, &message).await;
        assert!(!world.lines().join("\n").contains("downgrade"));
        for connection in world.pool.drain() {
            connection.quit().await;
        }
        world.send(&planned, &message).await;
        let lines = world.lines().join("\n");
        assert!(lines.contains("Warning: DCID 2 TLS downgrade: the host did TLS before"), "{lines}");
    });
    assert_eq!(host.told(1)[0].messages.len(), 1);
}

/// What our own settings leave out is not the peer's past.
#[test]
fn what_is_not_enabled_here_is_not_blamed_on_the_peer() {
    needs!("openssl");
    let bench = bench();
    for (options, settings, enabled) in [
        ("-tls1_2", "versions = [\"1.3\"]", "TLSv1.3 "),
        ("-tls1_3", "versions = [\"1.2\"]", "TLSv1.2 "),
        (
            "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256",
            "versions = [\"1.2\"]\nciphers = [\"ECDHE-RSA-AES256-GCM-SHA384\"]",
            "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384",
        ),
    ] {
        let server = Server::OpenSsl(format!("-cert rsa.pem -key rsa.key {options}"));
        let host = MailHost::start(server, &bench.path(""));
        let Seen { reason, lines } = send(&bench, &host, "required", None, &format!("[tls.outbound]\n{settings}\n"));
        let reason = reason.unwrap();
        assert_eq!(reason.code(), "tls/not-enabled-here", "{options}: {lines}");
        assert!(reason.to_string().contains(&format!("enabled here for deliveries ({enabled}")), "{reason}");
        assert!(!lines.contains("legacy peer"), "{lines}");
    }
}

/// A server that asks gets the certificate that is bound, whatever authorities it names; one that does not like it says so, in TLS 1.3
/// only after our side of the handshake has ended.
#[test]
fn our_certificate_is_shown_to_who_asks_and_a_refusal_is_understood() {
    needs!("openssl", "gnutls-serv");
    let (bench, own) = (bench(), identity("client.us.example"));
    let own_pem = pem::encode(&pem::Pem::new("CERTIFICATE", own.chain[0].der().to_vec()));
    bench.write("own.pem", own_pem);
    for version in ["-tls1_2", "-tls1_3"] {
        let server = |options: &str| {
            Server::OpenSsl(format!("-cert ec.pem -key ec.key {version} -cipher DEFAULT:@SECLEVEL=0 {options}"))
        };
        for (options, bound, expected) in [
            // It wants none.
            ("", true, Ok("")),
            ("", false, Ok("")),
            // It asks, and takes what comes.
            ("-verify 1", true, Ok("CN = rcgen self signed cert")),
            ("-verify 1", false, Ok("")),
            // It names another authority than ours.
            ("-verify 1 -CAfile other.pem", true, Ok("CN = rcgen self signed cert")),
            // It must have one that it believes.
            ("-Verify 1 -verify_return_error -CAfile own.pem", true, Ok("CN = rcgen self signed cert")),
            ("-Verify 1 -verify_return_error -CAfile own.pem", false, Err("the peer wants a client certificate")),
            ("-Verify 1 -verify_return_error -CAfile other.pem", true, Err("the peer refuses our client certificate")),
        ] {
            let host = MailHost::start(server(options), &bench.path(""));
            for setting in &SETTINGS[1..] {
                let seen = send(&bench, &host, setting, bound.then_some(&own), "");
                let place = format!("{version} {options} bound={bound} under {setting}\n{}", seen.lines);
                match (expected, seen.reason) {
                    (Ok(_), None) => {}
                    (Err(sentence), Some(reason)) => {
                        assert_eq!(reason.cause(), Cause::ClientCertificateRefused, "{reason} {place}");
                        assert!(reason.to_string().starts_with(sentence), "{reason} {place}");
                        assert!(!seen.lines.contains("legacy peer"), "{place}");
                    }
                    (_, reason) => panic!("{reason:?} {place}"),
                }
            }
            let told = host.told(SETTINGS.len() - 1);
            for Told { said, messages, over_tls } in &told {
                assert!(over_tls, "{told:?}");
                match expected {
                    Ok("") => assert!(!said.contains("rcgen") && messages.len() == 1, "{told:?}"),
                    Ok(subject) => assert!(said.contains(subject) && messages.len() == 1, "{told:?}"),
                    Err(_) => assert!(messages.is_empty(), "{told:?}"),
                }
            }
        }
    }
}

/// GnuTLS asks too; its server speaks no SMTP, so that a handshake it is content with ends at the second EHLO.
#[test]
fn gnutls_gets_our_certificate_and_misses_it_where_none_is_bound() {
    needs!("openssl", "gnutls-serv");
    let (bench, own) = (bench(), identity("client.us.example"));
    for version in ["1.2", "1.3"] {
        let host = MailHost::start(
            Server::GnuTls(format!(
                "--x509keyfile rsa.key --x509certfile rsa.pem --require-client-cert --priority 'NORMAL:-VERS-ALL:+VERS-TLS{version}'"
            )),
            &bench.path(""),
        );
        let seen = send(&bench, &host, "required", Some(&own), "");
        assert!(matches!(seen.reason, Some(Reason::Lost { .. })), "{:?} {}", seen.reason, seen.lines);
        assert!(host.told(1)[0].said.contains("CN=rcgen self signed cert"), "{:?}", host.told(1));
        let reason = send(&bench, &host, "preferred", None, "").reason.unwrap();
        assert_eq!(reason.cause(), Cause::ClientCertificateRefused, "TLS {version}: {reason}");
        assert!(reason.to_string().starts_with("the peer wants a client certificate"), "{reason}");
    }
}
