//! Names and mail hosts from a real DNS server: what the resolver makes of its answers, and where mail goes by them.

use std::net::SocketAddr;

use sealpost::deliver::listener::reverse::look_up;
use sealpost::deliver::outcome::{Cause, Outcome};
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::sys::clock;
use sealpost::sys::dns::{BlockingResolver, DnsError, Resolver};

use crate::needs;
use crate::support::knot::Knot;
use crate::world::{Farm, Farmed, World, parcel, run};

/// A zone `example` and another one, `test`, that its aliases lead to.
fn knot() -> Knot {
    let mut example = String::from(
        "plain MX 20 second\nplain MX 10 first\nfirst A 127.0.0.2\nsecond A 127.0.0.3\n\
         null MX 0 .\nnull A 127.0.0.3\nbare A 127.0.0.3\ntext TXT hello\nonly6 AAAA ::1\nboth AAAA ::1\nboth A 127.0.0.3\n\
         hidden MX 10 nowhere\nto-alias MX 10 mail\nmail CNAME host.test.\nwhole CNAME domain.test.\n\
         circle CNAME elcric\nelcric CNAME circle\nchild NS elsewhere.test.\n*.any MX 5 second\nclient A 192.0.2.2\nclient A 192.0.2.4\nliar A 192.0.2.77\nupper MX 10 FIRST\n",
    );
    for step in 0..12 {
        example.push_str(&format!("c{step} CNAME c{}\n", step + 1));
    }
    example.push_str("c12 A 127.0.0.3\n");
    for number in 0..200 {
        example
            .push_str(&format!("many MX {number} h{number}\nh{number} A 127.0.3.{number}\nwide A 127.0.4.{number}\n"));
    }
    let test = "host A 127.0.0.3\ndomain MX 10 host\n";
    let reverse = "2 PTR client.example.\n3 PTR liar.example.\n4 PTR liar.example.\n4 PTR client.example.\n5 PTR absent.example.\n";
    Knot::start(&[("example", &example), ("test", test), ("2.0.192.in-addr.arpa", reverse)])
}

#[test]
fn the_resolver_reads_what_a_real_server_says() {
    needs!("knotd");
    let knot = knot();
    let resolver = BlockingResolver::new(&[knot.address]).unwrap();
    let mx = |domain: &str| {
        let found = resolver.mx(domain)?;
        Ok::<_, DnsError>(
            found.records.iter().map(|mx| format!("{} {}", mx.preference, mx.exchange)).collect::<Vec<_>>(),
        )
    };
    assert_eq!(mx("plain.example").unwrap(), ["10 first.example", "20 second.example"]);
    assert_eq!(mx("PLAIN.Example.").unwrap().len(), 2);
    assert_eq!(mx("upper.example").unwrap(), ["10 first.example"]);
    assert_eq!(mx("null.example").unwrap(), ["0 "]);
    assert_eq!(mx("x.any.example").unwrap(), ["5 second.example"], "a wildcard");
    let many = mx("many.example").unwrap();
    assert_eq!((many.len(), many[199].as_str()), (200, "199 h199.example"), "over TCP");
    let whole = resolver.mx("whole.example").unwrap();
    assert_eq!(
        (whole.records[0].exchange.as_str(), whole.aliases.len()),
        ("host.test", 1),
        "an alias into another zone"
    );
    assert!(!whole.vouched);
    let no_data = |name: &str, kind| DnsError::NoData { name: name.into(), kind, vouched: false };
    assert_eq!(mx("text.example").unwrap_err(), no_data("text.example", "MX"));
    assert_eq!(
        mx("absent.example").unwrap_err(),
        DnsError::NoSuchName { name: "absent.example".into(), vouched: false }
    );
    assert!(matches!(mx("circle.example").unwrap_err(), DnsError::TooManyAliases { .. }));
    for (name, code) in
        [("elsewhere.org", "REFUSED"), ("child.example", "a referral"), ("x.child.example", "a referral")]
    {
        let error = mx(name).unwrap_err();
        assert!(matches!(&error, DnsError::Refused { code: told, .. } if told == code), "{name}: {error}");
        assert!(!error.is_absent());
    }

    let addresses =
        |host: &str| resolver.addresses(host).map(|found| (found.v4.len(), found.v6.len(), found.aliases.len()));
    assert_eq!(addresses("first.example").unwrap(), (1, 0, 0));
    assert_eq!(addresses("only6.example").unwrap(), (0, 1, 0));
    assert_eq!(addresses("both.example").unwrap(), (1, 1, 0));
    assert_eq!(addresses("mail.example").unwrap(), (1, 0, 1));
    assert_eq!(addresses("c4.example").unwrap(), (1, 0, 8));
    assert!(matches!(addresses("c3.example"), Err(DnsError::TooManyAliases { .. })));
    assert_eq!(addresses("wide.example").unwrap(), (200, 0, 0), "over TCP");
    assert_eq!(addresses("text.example").unwrap_err(), no_data("text.example", "address"));
    assert_eq!(resolver.names("192.0.2.2".parse().unwrap()).unwrap().records, ["client.example"]);
    assert!(resolver.names("192.0.2.9".parse().unwrap()).unwrap_err().is_absent());
}

#[test]
fn mail_goes_where_a_real_server_says_or_comes_back() {
    needs!("knotd");
    let knot = knot();
    let world = World::new("", knot.address, &[], 25);
    run(async {
        for (domain, cause, permanent) in [
            ("null.example", Cause::NullMx, true),
            ("absent.example", Cause::NoSuchDomain, true),
            ("text.example", Cause::NoMailHost, true),
            ("hidden.example", Cause::NoAddress, false),
            ("circle.example", Cause::DnsFailure, false),
            ("child.example", Cause::DnsFailure, false),
            ("elsewhere.org", Cause::DnsFailure, false),
        ] {
            let reason = world.plan(domain).await.map(|_| ()).unwrap_err();
            assert_eq!((reason.cause(), reason.is_permanent()), (cause, permanent), "{domain}: {reason}");
        }
        let hosts = async |domain: &str| {
            let planned = world.plan(domain).await.unwrap();
            let hosts = planned.exchangers().iter().map(|exchanger| {
                let addresses: Vec<String> = exchanger.addresses.iter().flatten().map(ToString::to_string).collect();
                format!("{} {}", exchanger.host, addresses.join(","))
            });
            hosts.collect::<Vec<_>>()
        };
        assert_eq!(hosts("plain.example").await, ["first.example 127.0.0.2", "second.example 127.0.0.3"]);
        assert_eq!(hosts("bare.example").await, ["bare.example 127.0.0.3"]);
        assert_eq!(hosts("to-alias.example").await, ["mail.example 127.0.0.3"], "the name that the MX record has");
        assert_eq!(hosts("whole.example").await, ["host.test 127.0.0.3"]);
        assert_eq!(hosts("both.example").await, ["both.example ::1,127.0.0.3"]);
        let many = hosts("many.example").await;
        assert_eq!((many.len(), many[19].as_str()), (20, "h19.example 127.0.3.19"));
        assert_eq!(hosts("wide.example").await[0].split(',').count(), 16);
    });
}

/// A mail host on 127.0.0.3, and another one on 127.0.0.2 at the same port.
pub async fn hosts(first: Option<Farm<'_>>, second: Farm<'_>) -> (Option<Farmed>, Farmed) {
    let second = Farm { listen: "127.0.0.3:0".into(), ..second }.start().await;
    let listen = SocketAddr::new("127.0.0.2".parse().unwrap(), second.address.port()).to_string();
    match first {
        None => (None, second),
        Some(first) => (Some(Farm { listen, ..first }.start().await), second),
    }
}

#[test]
fn every_host_is_tried_in_the_order_of_preference() {
    needs!("knotd");
    let knot = knot();
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let good = || Farm::good(&authority, &["plain.example"]);
        for (first, setting, expected) in [
            // Nobody listens on the better host.
            (None, "preferred", [0, 1]),
            (Some(good()), "preferred", [1, 0]),
            // It shows what is not believed: the next one gets the message, where that matters.
            (Some(Farm { kind: Kind::Expired, ..good() }), "preferred", [1, 0]),
            (Some(Farm { kind: Kind::Expired, ..good() }), "required-verify", [0, 1]),
            (Some(Farm { kind: Kind::WrongKey, ..good() }), "preferred", [0, 1]),
        ] {
            let (first, second) = hosts(first, good()).await;
            let toml = format!("[destination]\ntls = \"{setting}\"\n");
            let world = World::new(&toml, knot.address, &[&authority], second.address.port());
            let planned = world.plan("plain.example").await.unwrap();
            let attempted = world.send(&planned, &parcel(&["you@plain.example"], "hello").await).await;
            let lines = world.lines().join("\n");
            assert!(matches!(attempted.ended[0].1.outcome, Outcome::Delivered { .. }), "{lines}");
            let got = [first.map_or(0, |host| host.messages().len()), second.messages().len()];
            assert_eq!(got, expected, "{setting}\n{lines}");
            let tried = lines.find("address 127.0.0.2").or(lines.find("IP:127.0.0.2")).expect("the better host");
            assert!(lines.find("address 127.0.0.3").is_none_or(|next| tried < next), "{lines}");
        }
    });
}

/// An alias changes where mail goes, and not which name the certificate must have.
#[test]
fn the_names_that_count_are_those_of_the_domain_and_its_mx_records() {
    needs!("knotd");
    let knot = knot();
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        for (domain, setting, certificate, matched) in [
            ("to-alias.example", "required-verify-hosted", "mail.example", Some("match=mail.example source=mx")),
            ("to-alias.example", "required-verify-hosted", "host.test", None),
            ("to-alias.example", "required-verify", "mail.example", None),
            ("to-alias.example", "required-verify", "to-alias.example", Some("match=to-alias.example source=domain")),
            ("whole.example", "required-verify", "whole.example", Some("match=whole.example source=domain")),
            ("whole.example", "required-verify", "domain.test", None),
            ("whole.example", "required-verify-hosted", "host.test", Some("match=host.test source=mx")),
            ("bare.example", "required-verify-hosted", "bare.example", Some("match=bare.example source=domain")),
            ("bare.example", "required-verify", "first.example", None),
        ] {
            let (_, host) = hosts(None, Farm::good(&authority, &[certificate])).await;
            let toml = format!("[destination]\ntls = \"{setting}\"\n");
            let world = World::new(&toml, knot.address, &[&authority], host.address.port());
            let planned = world.plan(domain).await.unwrap();
            let attempted = world.send(&planned, &parcel(&[&format!("you@{domain}")], "hello").await).await;
            let lines = world.lines().join("\n");
            let place = format!("{domain} {setting} {certificate}\n{lines}");
            match (&attempted.ended[0].1.outcome, matched) {
                (Outcome::Delivered { .. }, Some(matched)) => {
                    assert!(lines.contains(matched), "{place}");
                    let sni = host.messages()[0].tls.as_ref().unwrap().sni.clone();
                    assert_eq!(sni, Some(planned.exchangers()[0].host.to_string()), "{place}");
                }
                (Outcome::Deferred(reason), None) => assert_eq!(reason.cause(), Cause::WrongName, "{place}"),
                _ => panic!("{place}"),
            }
        }
    });
}

/// The name of a client's address counts only when it leads back.
#[test]
fn the_name_of_a_client_has_to_lead_back() {
    needs!("knotd");
    let knot = knot();
    let resolver = Resolver::new(&[knot.address]);
    for (address, name, verified) in [
        ("192.0.2.2", Some("client.example"), true),
        ("192.0.2.3", Some("liar.example"), false),
        // One of two names leads back.
        ("192.0.2.4", Some("client.example"), true),
        // It leads to a name that does not exist.
        ("192.0.2.5", Some("absent.example"), false),
        ("192.0.2.9", None, false),
        ("::ffff:192.0.2.2", Some("client.example"), true),
    ] {
        let found = run(look_up(&resolver, address.parse().unwrap()));
        let told = (found.name.as_ref().map(ToString::to_string), found.verified);
        assert_eq!(told, (name.map(str::to_owned), verified), "{address}");
    }
}
