//! The resolver against servers that are right, slow, lying, or not there.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::Ordering;
use std::time::Duration;

use hickory_proto::op::{Edns, ResponseCode};
use sealpost::sys::dns::{BlockingResolver, DnsError, Mx, Patience, Resolver};

use crate::fake_dns::{FakeDns, Transport, a, reply, soa};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Little patience, for servers that never answer.
fn hasty(servers: &[SocketAddr]) -> Resolver {
    let patience = Patience { server: Duration::from_millis(200), total: Duration::from_secs(20) };
    Resolver::with_patience(servers, patience)
}

#[test]
fn exchangers_come_by_preference_and_the_null_mx_is_empty() {
    let (server, _) = FakeDns::zone(
        "example.com MX 20 Backup.Example.com\nexample.com MX 10 mx_1.example.com\nnull.example MX 0 .\nnone.example A 127.0.0.1\n",
    );
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    let mx = |preference, exchange: &str| Mx { preference, exchange: exchange.to_owned() };
    let found = resolver.mx("Example.COM.").unwrap();
    assert_eq!(found.records, [mx(10, "mx_1.example.com"), mx(20, "backup.example.com")]);
    assert!(!found.vouched && found.aliases.is_empty());
    assert_eq!(resolver.mx("null.example").unwrap().records, [mx(0, "")]);
    let error = resolver.mx("none.example").unwrap_err();
    assert_eq!(error, DnsError::NoData { name: "none.example".into(), kind: "MX", vouched: false });
    let error = resolver.mx("no.such.example").unwrap_err();
    assert_eq!(error, DnsError::NoSuchName { name: "no.such.example".into(), vouched: false });
    for bad in ["", ".", "a..b", &"a".repeat(64)] {
        assert!(matches!(resolver.mx(bad), Err(DnsError::BadName(_))), "{bad:?}");
    }
}

#[test]
fn addresses_of_both_families_and_names_of_addresses_are_found() {
    let (server, zone) = FakeDns::zone(
        "mx.example A 192.0.2.1\nmx.example A 192.0.2.2\nmx.example AAAA 2001:db8::1\nonly6.example AAAA 2001:db8::2\n1.2.0.192.in-addr.arpa PTR mx.example\nempty.example MX 1 x.example\n",
    );
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    let found = resolver.addresses("mx.example").unwrap();
    assert_eq!((found.v4.len(), found.v6.len()), (2, 1));
    let found = resolver.addresses("only6.example").unwrap();
    assert_eq!((found.v4.len(), found.v6.len()), (0, 1));
    assert_eq!(resolver.names("192.0.2.1".parse().unwrap()).unwrap().records, ["mx.example"]);
    let error = resolver.names("2001:db8::1".parse::<IpAddr>().unwrap()).unwrap_err();
    assert!(matches!(error, DnsError::NoSuchName { .. }));
    let error = resolver.addresses("empty.example").unwrap_err();
    assert_eq!(error, DnsError::NoData { name: "empty.example".into(), kind: "address", vouched: false });
    // `localhost` never goes to a server, and what was asked once is remembered.
    let before = server.questions();
    zone.set("");
    assert_eq!(resolver.addresses("localhost").unwrap().v4.len(), 1);
    assert_eq!(resolver.addresses("mx.example").unwrap().v4.len(), 2);
    assert_eq!(server.questions(), before);
}

#[test]
fn dnssec_vouches_only_when_it_does_for_every_step() {
    let (server, _) = FakeDns::zone(
        "signed.example A 192.0.2.1\nsigned.example MX 1 signed.example\nsigned.example AD\nplain.example A 192.0.2.2\nout.example CNAME plain.example\nout.example AD\n",
    );
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    assert!(resolver.mx("signed.example").unwrap().vouched);
    assert!(resolver.addresses("signed.example").unwrap().vouched);
    // The fake server sets the bit by the last name of an answer, as a validating one does by the weakest link.
    assert!(!resolver.addresses("out.example").unwrap().vouched);
    let error = resolver.names("192.0.2.1".parse().unwrap()).unwrap_err();
    assert!(matches!(error, DnsError::NoSuchName { vouched: false, .. }), "{error}");
}

/// Anybody between us and a server elsewhere could have set its bit; the address of everywhere is that of no loopback, and leads there.
#[test]
fn the_word_of_a_server_elsewhere_does_not_count() {
    let (server, _) = FakeDns::zone("signed.example A 192.0.2.1\nsigned.example AD\n");
    let everywhere = SocketAddr::from(([0, 0, 0, 0], server.address.port()));
    for (address, vouched) in [(server.address, true), (everywhere, false)] {
        let resolver = BlockingResolver::new(&[address]).unwrap();
        assert_eq!(resolver.addresses("signed.example").unwrap().vouched, vouched, "{address}");
    }
}

#[test]
fn an_alias_from_unsigned_dns_spoils_what_a_signed_zone_says() {
    let server = FakeDns::start(|message, _| {
        use hickory_proto::rr::{Name, RData, Record, rdata::CNAME};
        let mut answer = reply(message);
        if message.queries[0].name.to_ascii() == "www.example." {
            let target = CNAME(Name::from_ascii("host.example.").unwrap());
            answer.add_answer(Record::from_rdata(message.queries[0].name.clone(), 60, RData::CNAME(target)));
        } else {
            answer.metadata.authentic_data = true;
            answer.add_answer(a("host.example.", [192, 0, 2, 7], 60));
        }
        vec![answer.to_vec().unwrap()]
    });
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    assert!(!resolver.addresses("www.example").unwrap().vouched);
    assert!(resolver.addresses("host.example").unwrap().vouched);
}

#[test]
fn aliases_are_followed_to_an_end() {
    let mut text = String::new();
    for step in 0..30 {
        text.push_str(&format!("a{step}.example CNAME a{}.example\n", step + 1));
    }
    text.push_str("a30.example A 192.0.2.1\nloop.example CNAME pool.example\npool.example CNAME loop.example\n");
    let (server, _) = FakeDns::zone(&text);
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    let found = resolver.addresses("a23.example").unwrap();
    assert_eq!((found.v4.len(), found.aliases.len()), (1, 7));
    assert_eq!(found.aliases[0].name, "a23.example");
    for name in ["a0.example", "a20.example", "loop.example"] {
        assert!(matches!(resolver.addresses(name), Err(DnsError::TooManyAliases { limit: 8, .. })), "{name}");
    }
}

#[test]
fn an_alias_without_its_target_is_asked_for_again() {
    let server = FakeDns::start(|message, _| {
        let mut answer = reply(message);
        let name = message.queries[0].name.to_ascii();
        match name.as_str() {
            "www.example." => {
                use hickory_proto::rr::{Name, RData, Record, rdata::CNAME};
                let target = CNAME(Name::from_ascii("host.example.").unwrap());
                answer.add_answer(Record::from_rdata(message.queries[0].name.clone(), 60, RData::CNAME(target)));
            }
            _ if message.queries[0].query_type == hickory_proto::rr::RecordType::A => {
                answer.add_answer(a("host.example.", [192, 0, 2, 7], 60));
                // Of a name that nobody asked about.
                answer.add_answer(a("other.example.", [192, 0, 2, 66], 60));
            }
            _ => {}
        }
        vec![answer.to_vec().unwrap()]
    });
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    let found = resolver.addresses("www.example").unwrap();
    assert_eq!(found.v4, ["192.0.2.7".parse::<std::net::Ipv4Addr>().unwrap()]);
    assert_eq!(found.aliases.len(), 1);
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_not_taken() {
    let server = FakeDns::start(|message, _| {
        let mut other_id = reply(message);
        other_id.metadata.id ^= 1;
        other_id.add_answer(a("mx.example.", [192, 0, 2, 66], 60));
        let mut other_question = reply(message);
        other_question.queries[0].name = hickory_proto::rr::Name::from_ascii("evil.example.").unwrap();
        other_question.add_answer(a("mx.example.", [192, 0, 2, 66], 60));
        let mut no_answer = message.clone();
        no_answer.add_answer(a("mx.example.", [192, 0, 2, 66], 60));
        let mut right = reply(message);
        if message.queries[0].query_type == hickory_proto::rr::RecordType::A {
            right.add_answer(a("mx.example.", [192, 0, 2, 1], 60));
        }
        let messages = [other_id, other_question, no_answer, right];
        let mut datagrams: Vec<Vec<u8>> = vec![b"\xff\x00garbage".to_vec(), Vec::new()];
        datagrams.extend(messages.iter().map(|message| message.to_vec().unwrap()));
        datagrams
    });
    let found = BlockingResolver::new(&[server.address]).unwrap().addresses("mx.example").unwrap();
    assert_eq!(found.v4, ["192.0.2.1".parse::<std::net::Ipv4Addr>().unwrap()]);
}

#[test]
fn a_long_answer_comes_over_tcp() {
    let server = FakeDns::start(|message, transport| {
        let mut answer = reply(message);
        match transport {
            Transport::Udp => answer.metadata.truncation = true,
            Transport::Tcp => {
                for number in 0..=255 {
                    answer.add_answer(a("mx.example.", [192, 0, 2, number], 60));
                }
            }
        }
        vec![answer.to_vec().unwrap()]
    });
    let found = BlockingResolver::new(&[server.address]).unwrap().addresses("mx.example").unwrap();
    assert_eq!((found.v4.len(), server.tcp.load(Ordering::SeqCst)), (256, 2));
}

#[test]
fn the_question_asks_for_dnssec_and_an_old_server_is_asked_without_edns() {
    let server = FakeDns::start(|message, _| {
        assert!(message.metadata.authentic_data && message.metadata.recursion_desired);
        let mut answer = reply(message);
        if message.edns.as_ref().map(Edns::max_payload) == Some(1232) {
            answer.metadata.response_code = ResponseCode::FormErr;
            answer.queries.clear();
        } else {
            answer.add_answer(a("mx.example.", [192, 0, 2, 1], 60));
        }
        vec![answer.to_vec().unwrap()]
    });
    assert_eq!(BlockingResolver::new(&[server.address]).unwrap().addresses("mx.example").unwrap().v4.len(), 1);
}

#[test]
fn the_next_server_answers_for_one_that_does_not() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (failing, _) = FakeDns::zone("mx.example FAIL\n");
    let (good, _) = FakeDns::zone("mx.example A 192.0.2.1\nmx.example MX 1 mx.example\n");
    let servers = [silent.local_addr().unwrap(), failing.address, good.address];
    let resolver = hasty(&servers);
    wait(async {
        assert_eq!(resolver.addresses("mx.example").await.unwrap().v4.len(), 1);
        let asked = failing.questions();
        assert_eq!(resolver.mx("mx.example").await.unwrap().records.len(), 1);
        assert_eq!(failing.questions(), asked, "the server that answered last is asked first");
    });
}

#[test]
fn silence_refusal_and_absence_are_told_apart() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    let (failing, _) = FakeDns::zone("mx.example FAIL\nquiet.example SILENT\n");
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    wait(async {
        let error = hasty(&[silent]).mx("mx.example").await.unwrap_err();
        let DnsError::Timeout { servers, .. } = &error else { panic!("{error}") };
        assert_eq!(*servers, silent.to_string());
        let error = hasty(&[silent, failing.address]).addresses("mx.example").await.unwrap_err();
        let DnsError::Refused { code, server, .. } = &error else { panic!("{error}") };
        assert_eq!((code.as_str(), *server), ("SERVFAIL", failing.address));
        assert!(!error.is_absent());
        let error = hasty(&[failing.address]).mx("quiet.example").await.unwrap_err();
        assert!(matches!(error, DnsError::Timeout { .. }), "{error}");
        let error = hasty(&[nobody]).mx("mx.example").await.unwrap_err();
        assert!(matches!(error, DnsError::Unreachable { .. }), "{error}");
    });
}

#[test]
fn answers_live_as_long_as_they_say() {
    let server = FakeDns::start(|message, _| {
        let mut answer = reply(message);
        match message.queries[0].name.to_ascii().as_str() {
            // An absence without a SOA record is kept for a while, so that of two questions for AAAA one is asked.
            "short.example." => drop(answer.add_answer(a("short.example.", [192, 0, 2, 1], 0))),
            "long.example." => drop(answer.add_answer(a("long.example.", [192, 0, 2, 1], 600))),
            "gone.example." => {
                answer.metadata.response_code = ResponseCode::NXDomain;
                answer.authorities.push(soa(600));
            }
            _ => {
                answer.metadata.response_code = ResponseCode::NXDomain;
                answer.authorities.push(soa(0));
            }
        }
        vec![answer.to_vec().unwrap()]
    });
    let resolver = BlockingResolver::new(&[server.address]).unwrap();
    for (name, questions) in [("short.example", 3), ("long.example", 2), ("gone.example", 2), ("soon.example", 4)] {
        let before = server.questions();
        let _ = (resolver.addresses(name), resolver.addresses(name));
        assert_eq!(server.questions() - before, questions, "{name}");
    }
}
