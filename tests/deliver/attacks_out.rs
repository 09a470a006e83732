//! Attacks on mail that leaves, by their numbers in the contract, and where mail goes.

use std::time::Duration;

use rustls::version::{TLS12, TLS13};
use sealpost::deliver::outcome::{Cause, Outcome};
use sealpost::deliver::pool::Key;
use sealpost::deliver::sink::failure::Failure;
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::sys::clock;

use crate::fake_dns::FakeDns;
use crate::world::{Farm, World, parcel, run};

const MAIL: &str = "example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n";

/// S20: whoever shows the right certificate and holds another key gets nothing, at any setting.
#[test]
fn the_right_certificate_with_the_wrong_key_ends_the_handshake() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for version in [&TLS12, &TLS13] {
            for setting in ["preferred", "required", "preferred-verify", "required-verify", "required-verify-hosted"] {
                let versions = [version];
                let host =
                    Farm { kind: Kind::WrongKey, versions: &versions, ..Farm::good(&authority, &["example.net"]) };
                let host = host.start().await;
                let (dns, _) = FakeDns::zone(MAIL);
                let toml = format!("[destination]\ntls = \"{setting}\"\n");
                let world = World::new(&toml, dns.address, &[&authority], host.address.port());
                let planned = world.plan("example.net").await.unwrap();
                let attempted = world.send(&planned, &parcel(&["you@example.net"], "secret").await).await;
                let Outcome::Deferred(reason) = &attempted.ended[0].1.outcome else { panic!("{attempted:?}") };
                assert_eq!(reason.cause(), Cause::WrongKey, "{setting} {version:?}: {reason}");
                assert!(host.messages().is_empty());
            }
        }
    });
}

/// S4: the offer of TLS was taken away.
#[test]
fn a_host_that_did_tls_before_and_no_longer_does_is_told_even_under_preferred() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm { failures: &[Failure::NoStartTls], ..Farm::good(&authority, &["example.net"]) }.start().await;
        let (dns, _) = FakeDns::zone(MAIL);
        let world = World::new("[destination]\ntls = \"preferred\"\n", dns.address, &[], host.address.port());
        let planned = world.plan("example.net").await.unwrap();
        let message = parcel(&["you@example.net"], "hello").await;
        world.send(&planned, &message).await;
        assert!(!world.lines().join("\n").contains("downgrade"), "nobody has seen it do TLS");
        world.memory.remember(host.address, clock::now());
        world.pool.drain();
        world.send(&planned, &message).await;
        let lines = world.lines().join("\n");
        assert!(lines.contains("Warning: DCID 2 TLS downgrade: the host did TLS before"), "{lines}");
        assert!(lines.contains("domain=example.net host=mx1.example.net"), "{lines}");
        assert_eq!(host.messages().len(), 2);
    });
}

/// S22: a connection is used again only for what it was made for.
#[test]
fn domains_that_share_a_host_do_not_share_its_verification() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["one.example"]).start().await;
        let (dns, _) = FakeDns::zone("");
        let mut toml = String::new();
        for (domain, setting) in [
            ("one.example", "required-verify"),
            ("two.example", "required-verify"),
            ("three.example", "preferred"),
            ("four.example", "preferred"),
            ("five.example", "required"),
        ] {
            toml.push_str(&format!("[route.\"{domain}\"]\nhosts = [\"{}\"]\n", host.address));
            toml.push_str(&format!("[destination.\"{domain}\"]\ntls = \"{setting}\"\n"));
        }
        let world = World::new(&toml, dns.address, &[&authority], 25);
        let mut connections = Vec::new();
        for domain in ["one.example", "one.example", "two.example", "three.example", "four.example", "five.example"] {
            let planned = world.plan(domain).await.unwrap();
            let to = format!("you@{domain}");
            let attempted = world.send(&planned, &parcel(&[&to], "hello").await).await;
            let delivered = matches!(attempted.ended[0].1.outcome, Outcome::Delivered { .. });
            assert_eq!(delivered, domain != "two.example", "{domain}: {attempted:?}");
            connections.push(host.connections());
        }
        // Only the second message to the same domain, and another domain of the same setting without any demand, share one.
        assert_eq!(connections, [1, 1, 2, 3, 3, 4]);
    });
}

/// The last gate, whatever led to a connection: what it is worth is asked for the destination of each message.
#[test]
fn no_connection_is_good_enough_for_more_than_it_is() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let bare = Farm { failures: &[Failure::NoStartTls], ..Farm::good(&authority, &["bare.example"]) }.start().await;
        let good = Farm::good(&authority, &["good.example"]).start().await;
        let (dns, _) = FakeDns::zone("");
        let mut toml = String::new();
        for (domain, setting, host) in [
            ("bare.example", "preferred", &bare),
            ("required.example", "required", &bare),
            ("unchecked.example", "required", &good),
            ("good.example", "required-verify", &good),
            ("other.example", "required-verify", &good),
            ("maybe.example", "preferred-verify", &good),
        ] {
            toml.push_str(&format!("[route.\"{domain}\"]\nhosts = [\"{}\"]\n", host.address));
            toml.push_str(&format!("[destination.\"{domain}\"]\ntls = \"{setting}\"\n"));
        }
        let world = World::new(&toml, dns.address, &[&authority], 25);
        for (opened, wanted, expected) in [
            ("bare.example", "bare.example", None),
            ("bare.example", "required.example", Some(Cause::StartTlsNotOffered)),
            ("good.example", "good.example", None),
            ("good.example", "other.example", Some(Cause::WrongName)),
            ("good.example", "maybe.example", None),
            // Nobody looked at its certificate.
            ("unchecked.example", "good.example", Some(Cause::NoReference)),
            ("unchecked.example", "unchecked.example", None),
        ] {
            let mut connection = world.open(&world.plan(opened).await.unwrap()).await;
            let planned = world.plan(wanted).await.unwrap();
            let admitted = connection.admit(&planned).map(|_| ()).err().map(|reason| reason.cause());
            assert_eq!(admitted, expected, "{wanted} over a connection for {opened}");
        }
    });
}

/// A connection whose host has said goodbye meanwhile is not used, not even to learn that.
#[test]
fn a_waiting_connection_that_was_closed_is_left_alone() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let failures = [Failure::CloseAfterData];
        let host = Farm { failures: &failures, ..Farm::good(&authority, &["example.net"]) }.start().await;
        let (dns, _) = FakeDns::zone(MAIL);
        let world = World::new("[destination]\ntls = \"required\"\n", dns.address, &[], host.address.port());
        let planned = world.plan("example.net").await.unwrap();
        let message = parcel(&["you@example.net"], "hello").await;
        world.send(&planned, &message).await;
        let key = Key::of(&planned, &planned.exchangers()[0], host.address);
        // As soon as the end has come, nothing is given out; until then the connection goes back.
        for _ in 0..1_000 {
            match world.pool.take(&key) {
                None => break,
                Some(connection) => assert!(world.pool.give(key.clone(), connection).is_none()),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(world.pool.take(&key).is_none());
        world.lines();
        world.send(&planned, &message).await;
        let lines = world.lines().join("\n");
        assert!(!lines.contains("DCID 1 ") && lines.contains("Delivery start DCID 2 MID 7"), "{lines}");
        assert_eq!(host.messages().len(), 2);
    });
}

/// S29, and where mail goes when nobody attacks.
#[test]
fn mail_goes_where_dns_says_and_never_to_ourselves() {
    run(async {
        let mut text = String::from(
            "null.example MX 0 .\nplain.example A 192.0.2.1\nempty.example TXT x\nloop.example MX 10 us.example\nloop.example MX 20 other.example\nus.example A 192.0.2.9\nother.example A 192.0.2.2\nbackup.example MX 5 other.example\nbackup.example MX 10 us.example\nbackup.example MX 20 last.example\nlast.example A 192.0.2.3\nbroken.example FAIL\nhidden.example MX 10 nothing.example\nalias.example CNAME plain.example\nchain.example CNAME chain.example\nlocal.example MX 10 local-host.example\nlocal-host.example A 127.0.0.1\n",
        );
        for number in 0..200 {
            text.push_str(&format!("many.example MX {number} h{number}.example\nh{number}.example A 192.0.2.77\n"));
        }
        let (dns, _) = FakeDns::zone(&text);
        let toml = "[listener.In]\ninterface = \"Data\"\nport = 25\n";
        let world = World::new(toml, dns.address, &[], 25);
        for (domain, cause, status) in [
            ("null.example", Cause::NullMx, "5.1.10"),
            ("no.such.example", Cause::NoSuchDomain, "5.1.2"),
            ("empty.example", Cause::NoMailHost, "5.4.4"),
            ("loop.example", Cause::Loop, "5.4.6"),
            ("local.example", Cause::Loop, "5.4.6"),
            ("broken.example", Cause::DnsFailure, "4.4.3"),
            ("hidden.example", Cause::NoAddress, "4.4.4"),
            ("chain.example", Cause::DnsFailure, "4.4.3"),
        ] {
            let reason = world.plan(domain).await.map(|_| ()).unwrap_err();
            assert_eq!((reason.cause(), reason.status().to_string().as_str()), (cause, status), "{domain}: {reason}");
        }
        let hosts = async |domain: &str| {
            let planned = world.plan(domain).await.unwrap();
            planned.exchangers().iter().map(|exchanger| exchanger.host.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(hosts("plain.example").await, ["plain.example"]);
        assert_eq!(hosts("alias.example").await, ["alias.example"]);
        assert_eq!(hosts("backup.example").await, ["other.example"], "what is no better than we are is left out");
        let many = hosts("many.example").await;
        assert_eq!((many.len(), many[0].as_str()), (20, "h0.example"));
    });
}

#[test]
fn a_route_replaces_the_mx_hosts_and_its_names_count_for_the_hosted_setting() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["relay.example"]).start().await;
        let (dns, _) = FakeDns::zone("relay.example A 127.0.0.1\nexample.net MX 1 elsewhere.example\n");
        let port = host.address.port();
        let toml = format!(
            "[route.\"example.net\"]\nhosts = [\"relay.example:{port}\"]\n[destination]\ntls = \"required-verify-hosted\"\n"
        );
        let world = World::new(&toml, dns.address, &[&authority], 25);
        let planned = world.plan("example.net").await.unwrap();
        let attempted = world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
        assert!(matches!(attempted.ended[0].1.outcome, Outcome::Delivered { .. }), "{attempted:?}");
        let lines = world.lines().join("\n");
        assert!(lines.contains("verify=hosted-ok match=relay.example source=route"), "{lines}");
        assert_eq!(host.messages()[0].tls.as_ref().unwrap().sni.as_deref(), Some("relay.example"));
    });
}

/// What a host says about some recipients, or at some step, is said of them alone and leads where it should.
#[test]
fn replies_lead_to_a_later_try_or_to_the_end() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for (failure, expected) in [
            (Failure::Greeting554, "Deferred 4.7.1"),
            (Failure::Greeting421, "Deferred 4.3.2"),
            (Failure::Mail451, "Deferred 4.3.0"),
            (Failure::Mail550, "Failed 5.7.1"),
            (Failure::Rcpt450, "Deferred 4.2.1"),
            (Failure::Rcpt550, "Failed 5.1.1"),
            (Failure::Data451, "Deferred 4.3.0"),
            (Failure::Data554, "Failed 5.6.0"),
            (Failure::DataClose, "Deferred 4.4.2"),
        ] {
            let failures = [failure];
            let host = Farm { failures: &failures, ..Farm::good(&authority, &["example.net"]) }.start().await;
            let (dns, _) = FakeDns::zone(MAIL);
            let world = World::new("[destination]\ntls = \"preferred\"\n", dns.address, &[], host.address.port());
            let planned = world.plan("example.net").await.unwrap();
            let attempted = world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
            let told = match &attempted.ended[0].1.outcome {
                Outcome::Deferred(reason) => format!("Deferred {}", reason.status()),
                Outcome::Failed(reason) => format!("Failed {}", reason.status()),
                other => format!("{other:?}"),
            };
            assert_eq!(told, expected, "{failure:?}");
            assert_eq!(host.connections(), 1, "{failure:?}");
        }
    });
}
