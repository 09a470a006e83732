//! One attempt at a message: which replies lead to another host and which end it, and how connections are used again.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use sealpost::deliver::gateway::Gateway;
use sealpost::deliver::outcome::{Cause, Outcome};
use sealpost::deliver::sink::failure::Failure;
use sealpost::deliver::sink::farm::Authority;
use sealpost::sys::clock;

use crate::dns_knot::hosts;
use crate::fake_dns::FakeDns;
use crate::gate::identity;
use crate::world::{Farm, World, gateway_trusting, parcel, run};

const TWO: &str = "example.net MX 10 first.example.net\nexample.net MX 20 second.example.net\n\
                   first.example.net A 127.0.0.2\nsecond.example.net A 127.0.0.3\n";

/// A host that refuses for good, or that may have the message, has the last word; after any other the next host is asked.
#[test]
fn the_next_host_is_asked_only_where_the_first_leaves_it_open() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for (failure, expected) in [
            (Failure::Rcpt550, "failed 5.1.1"),
            (Failure::Mail550, "failed 5.7.1"),
            (Failure::Data554, "failed 5.6.0"),
            // No reply to the end of the message: a second host would make a second message of it.
            (Failure::DataClose, "deferred 4.4.2"),
            (Failure::Rcpt450, "delivered"),
            (Failure::Mail451, "delivered"),
            (Failure::Data451, "delivered"),
            (Failure::Greeting421, "delivered"),
            (Failure::Greeting554, "delivered"),
            (Failure::HandshakeClose, "delivered"),
        ] {
            let failures = [failure];
            let first = Farm { failures: &failures, ..Farm::good(&authority, &["example.net"]) };
            let (first, second) = hosts(Some(first), Farm::good(&authority, &["example.net"])).await;
            let (dns, _) = FakeDns::zone(TWO);
            let world = World::new("[destination]\ntls = \"required\"\n", dns.address, &[], second.address.port());
            let planned = world.plan("example.net").await.unwrap();
            let attempted = world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
            let told = match &attempted.ended[0].1.outcome {
                Outcome::Delivered { .. } => "delivered".to_owned(),
                Outcome::Deferred(reason) => format!("deferred {}", reason.status()),
                Outcome::Failed(reason) => format!("failed {}", reason.status()),
                other => format!("{other:?}"),
            };
            assert_eq!(told, expected, "{failure:?}\n{}", world.lines().join("\n"));
            assert_eq!(second.connections(), u64::from(expected == "delivered"), "{failure:?}");
            assert_eq!(first.unwrap().connections(), 1, "{failure:?}");
        }
    });
}

#[test]
fn a_connection_carries_as_many_messages_as_the_destination_may_have() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["example.net"]).start().await;
        let (dns, _) = FakeDns::zone("example.net A 127.0.0.1\n");
        let toml = "[destination]\ntls = \"required\"\nmessages-per-connection = 2\n";
        let world = World::new(toml, dns.address, &[], host.address.port());
        let planned = world.plan("example.net").await.unwrap();
        for _ in 0..5 {
            world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
        }
        assert_eq!((host.messages().len(), host.connections()), (5, 3));
        assert_eq!(world.lines().iter().filter(|line| line.contains(" close")).count(), 2);
    });
}

/// A host that closes a waiting connection just when we come back has refused nothing.
#[test]
fn a_goodbye_to_the_next_message_is_no_answer_to_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let host = std::thread::spawn(move || {
        let mut messages = 0;
        for stream in listener.incoming().flatten().take(2) {
            let (mut reading, mut writing) = (BufReader::new(stream.try_clone().unwrap()), stream);
            let mut say = |text: &str| writing.write_all(format!("{text}\r\n").as_bytes()).unwrap();
            let (mut line, mut taken) = (String::new(), 0);
            say("220 mx");
            while reading.read_line(&mut line).unwrap() > 0 {
                match line.get(..4).unwrap_or_default() {
                    "MAIL" if taken == 1 => {
                        say("421 4.4.2 idle for too long");
                        break;
                    }
                    "DATA" => say("354 go"),
                    _ if line == ".\r\n" => {
                        (taken, messages) = (taken + 1, messages + 1);
                        say("250 taken");
                    }
                    "EHLO" | "MAIL" | "RCPT" | "QUIT" => say("250 ok"),
                    _ => {}
                }
                line.clear();
            }
        }
        messages
    });
    run(async {
        let (dns, _) = FakeDns::zone("example.net A 127.0.0.1\n");
        let world = World::new("", dns.address, &[], port);
        let planned = world.plan("example.net").await.unwrap();
        for _ in 0..2 {
            let attempted = world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
            let lines = world.lines().join("\n");
            assert!(matches!(attempted.ended[0].1.outcome, Outcome::Delivered { .. }), "{attempted:?}\n{lines}");
        }
        for connection in world.pool.drain() {
            connection.quit().await;
        }
    });
    assert_eq!(host.join().unwrap(), 2);
}

/// Mail to `user@[address]` goes by the default row, and there is no name that anybody could be verified by.
#[test]
fn mail_to_an_address_literal_cannot_be_verified() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["127.0.0.1", "example.net"]).start().await;
        let (dns, _) = FakeDns::zone("");
        for (setting, delivered) in [
            ("required", true),
            ("preferred-verify", true),
            ("required-verify", false),
            ("required-verify-hosted", false),
        ] {
            let toml = format!("[destination]\ntls = \"{setting}\"\n");
            let world = World::new(&toml, dns.address, &[&authority], host.address.port());
            let planned = world.plan("[127.0.0.1]").await.unwrap();
            let attempted = world.send(&planned, &parcel(&["you@[127.0.0.1]"], "hello").await).await;
            match &attempted.ended[0].1.outcome {
                Outcome::Delivered { .. } => assert!(delivered, "{setting}: {attempted:?}"),
                Outcome::Deferred(reason) => assert_eq!((reason.cause(), delivered), (Cause::NoReference, false)),
                other => panic!("{other:?}"),
            }
            let sni: Vec<_> = host.messages().into_iter().map(|message| message.tls.unwrap().sni).collect();
            assert_eq!(sni, vec![None; usize::from(delivered)], "{setting}");
        }
    });
}

/// Who has to show a certificate does not come without one, under any setting that does TLS.
#[test]
fn where_our_certificate_is_needed_nothing_is_sent_without_it() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for setting in ["no", "preferred", "required"] {
            for bound in [false, true] {
                let host = Farm::good(&authority, &["example.net"]).start().await;
                let (dns, _) = FakeDns::zone("example.net A 127.0.0.1\n");
                let role = if bound { "[role]\noutbound = \"own\"\n" } else { "" };
                let toml = format!("[destination]\ntls = \"{setting}\"\nclient-certificate-required = true\n{role}");
                let mut gateway = gateway_trusting(&toml, dns.address, &[]);
                gateway.identities.insert("own".parse().unwrap(), identity("us.example"));
                let world = World::of(gateway, host.address.port());
                let planned = world.plan("example.net").await.unwrap();
                let attempted = world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
                let cause = match &attempted.ended[0].1.outcome {
                    Outcome::Delivered { .. } => None,
                    Outcome::Deferred(reason) => Some(reason.cause()),
                    other => panic!("{other:?}"),
                };
                let expected = (setting != "no" && !bound).then_some(Cause::NoClientCertificate);
                assert_eq!(cause, expected, "{setting} bound={bound}\n{}", world.lines().join("\n"));
                assert_eq!(host.messages().len(), usize::from(expected.is_none()));
            }
        }
    });
}

/// Further names of a destination count under its setting; MX names from DNS that nobody vouches for count only where any may.
#[test]
fn names_count_as_the_destination_says() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for (keys, signed, certificate, told) in [
            (
                "tls = \"required-verify\"\nverify-names = [\"also.example\"]",
                false,
                "also.example",
                "ok match=also.example source=config",
            ),
            ("tls = \"required-verify\"", false, "also.example", ""),
            ("tls = \"required-verify-hosted\"", false, "mx.example", "hosted-ok match=mx.example source=mx"),
            ("tls = \"required-verify-hosted\"\nmx-names = \"dnssec\"", false, "mx.example", ""),
            (
                "tls = \"required-verify-hosted\"\nmx-names = \"dnssec\"",
                true,
                "mx.example",
                "hosted-ok match=mx.example source=mx+dnssec",
            ),
        ] {
            let host = Farm::good(&authority, &[certificate]).start().await;
            let vouched = if signed { "example.net AD\n" } else { "" };
            let (dns, _) = FakeDns::zone(&format!("example.net MX 1 mx.example\nmx.example A 127.0.0.1\n{vouched}"));
            let toml = format!("[destination.\"example.net\"]\n{keys}\n");
            let world = World::new(&toml, dns.address, &[&authority], host.address.port());
            let planned = world.plan("example.net").await.unwrap();
            world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
            let lines = world.lines().join("\n");
            assert_eq!(host.messages().len(), usize::from(!told.is_empty()), "{keys}\n{lines}");
            assert!(lines.contains(told), "{keys}\n{lines}");
        }
    });
}

/// S22: whatever makes two connections different keeps each from serving in the other's place.
#[test]
fn a_connection_serves_only_what_it_was_made_for() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["relay.example"]).start().await;
        let (dns, _) = FakeDns::zone("relay.example A 127.0.0.1\nother-name.example A 127.0.0.1\n");
        let port = host.address.port();
        let mut toml = String::from("[destination]\ntls = \"required\"\n[role]\n\"outbound:own.example\" = \"own\"\n");
        for (domain, relay) in [
            ("one.example", "relay.example"),
            ("named.example", "other-name.example"),
            ("own.example", "relay.example"),
        ] {
            toml.push_str(&format!("[route.\"{domain}\"]\nhosts = [\"{relay}:{port}\"]\n"));
        }
        let gateway = |revision| {
            let mut gateway = Gateway { revision, ..gateway_trusting(&toml, dns.address, &[]) };
            gateway.identities.insert("own".parse().unwrap(), identity("us.example"));
            gateway
        };
        let mut world = World::of(gateway(1), 25);
        let mut next = World::of(gateway(2), 25);
        let send = async |world: &World, domain: &str| {
            let planned = world.plan(domain).await.unwrap();
            world.send(&planned, &parcel(&[&format!("you@{domain}")], "hello").await).await;
            host.connections()
        };
        assert_eq!((send(&world, "one.example").await, send(&world, "one.example").await), (1, 1));
        assert_eq!(send(&world, "named.example").await, 2, "under another name");
        assert_eq!(send(&world, "own.example").await, 3, "with a certificate of ours");
        assert_eq!(send(&world, "one.example").await, 3);
        std::mem::swap(&mut world.pool, &mut next.pool);
        assert_eq!(send(&next, "one.example").await, 4, "under another revision");
        assert_eq!(host.messages().len(), 6);
    });
}

/// A resumed session would bring the verdict of an earlier one, and our certificate of then.
#[test]
fn every_connection_has_a_handshake_of_its_own() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["example.net"]).start().await;
        let (dns, _) = FakeDns::zone("example.net A 127.0.0.1\n");
        let toml = "[destination]\ntls = \"required-verify\"\nmessages-per-connection = 1\n";
        let world = World::new(toml, dns.address, &[&authority], host.address.port());
        let planned = world.plan("example.net").await.unwrap();
        for _ in 0..3 {
            world.send(&planned, &parcel(&["you@example.net"], "hello").await).await;
        }
        let resumed: Vec<bool> = host.messages().iter().map(|message| message.tls.as_ref().unwrap().resumed).collect();
        assert_eq!(resumed, [false; 3]);
    });
}
