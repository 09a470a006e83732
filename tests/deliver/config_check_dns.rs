//! `config check` and DNS: does mail for an accepted domain lead back to this gateway?

use crate::fake_dns::FakeDns;
use crate::support::Bench;

/// A gateway that accepts these domains, on an address of its own.
fn gateway(dns: &FakeDns, domains: &str) -> Bench {
    let bench = Bench::with_home();
    bench.run(["interface", "set", "Data 1", "--address", "192.0.2.1"]).code(0);
    bench.run(["listener", "set", "IncomingMail", "--domains", domains]).code(0);
    bench.run(["setting", "set", "dns.servers", &dns.address.to_string()]).code(0);
    bench
}

#[test]
fn an_accepted_domain_whose_exchanger_we_are_is_a_loop_without_a_route() {
    let (dns, _) = FakeDns::zone(
        "example.com MX 10 mx1.example.com\nexample.net MX 10 mail.example.net\nmail.example.net A 192.0.2.1\n\
         example.org MX 10 mx.elsewhere.example\nmx.elsewhere.example A 192.0.2.9\nmx1.example.com A 192.0.2.77",
    );
    let bench = gateway(&dns, "example.com,example.net,example.org");
    let run = bench.run(["config", "check"]).code(1);
    let run = run
        .out_has("mail for `example.com` leads back to this gateway")
        .out_has("MX record of example.com: mx1.example.com");
    let run = run.out_has("mail.example.net, which is 192.0.2.1");
    let run = run.out_has("note[route/none]: mail for `example.org` is accepted here and follows its MX records");
    assert!(!run.out.contains("not checked"), "{}", run.out);
    bench.run(["route", "set", "example.com", "--hosts", "mailbox.example.com"]).code(0);
    bench.run(["route", "set", "example.net", "--hosts", "mailbox.example.com"]).code(0);
    let run = bench.run(["config", "check"]).code(0);
    assert!(!run.out.contains("leads back"), "{}", run.out);
}

#[test]
fn where_dns_does_not_answer_nothing_is_claimed() {
    let (dns, _) = FakeDns::zone("example.com FAIL");
    let bench = gateway(&dns, "example.com,example.net");
    let run = bench.run(["config", "check"]).code(0);
    let run = run.out_has("not checked: the MX records of example.com and 1 more: ");
    assert!(!run.out.contains("leads back"), "{}", run.out);
    let questions = dns.questions();
    let run = bench.run(["config", "check", "--no-dns"]).code(0);
    run.out_has("not checked: whether mail for example.com and 1 more leads back here: DNS was not asked");
    assert_eq!(dns.questions(), questions);
}
