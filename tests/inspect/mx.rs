//! `lint --mx`: the names that senders look for come from DNS.

use crate::fake_dns::FakeDns;
use crate::support::authority::Authority;
use crate::support::{Bench, Run};

struct Files {
    bench: Bench,
    dns: FakeDns,
}

impl Files {
    /// `chain.pem` is for mx1.example.com and what stands in DNS is `zone`.
    fn new(zone: &str) -> Files {
        let bench = Bench::new();
        let root = Authority::root("Example Root");
        bench.write("root.pem", root.pem());
        bench.write("chain.pem", root.issue("mx1.example.com").1);
        Files { bench, dns: FakeDns::zone(zone).0 }
    }

    fn lint(&self, arguments: &[&str]) -> Run {
        let server = self.dns.address.to_string();
        let always = ["lint", "chain.pem", "--trust", "root.pem", "--ruleset", "private-ca", "--dns", &server];
        self.bench.run(always.iter().chain(arguments))
    }
}

#[test]
fn each_mail_host_is_told_as_covered_or_not() {
    let files = Files::new("example.com MX 20 mx2.example.com\nexample.com MX 10 MX1.example.com");
    let run = files.lint(&["--mx", "example.com"]).code(1);
    run.out_has("mail host mx1.example.com: covered by SAN mx1.example.com\n  mail host mx2.example.com: not covered")
        .out_has("error[mail/mx-not-covered]: mx1.example.com does not cover the mail exchanger mx2.example.com")
        .out_has("covered: mx1.example.com")
        .out_has("note[mail/domain-not-covered]: mx1.example.com does not cover the mail domain example.com itself")
        .err_has("note[dns/mx]: mail for example.com goes to 2 hosts")
        .err_has("mx1.example.com (preference 10), mx2.example.com (preference 20)");
    let answer = files.lint(&["--mx", "example.com", "--format", "json"]).code(1).json();
    let hosts = serde_json::json!([
        { "host": "mx1.example.com", "covered_by": "SAN mx1.example.com" },
        { "host": "mx2.example.com" }
    ]);
    assert_eq!(answer["files"][0]["exchangers"], hosts);
}

#[test]
fn a_domain_whose_hosts_are_all_covered_passes() {
    let files = Files::new("example.com MX 10 mx1.example.com\nexample.org MX 5 mx1.example.com");
    let run = files.lint(&["--mx", "example.com", "--mx", "Example.ORG."]).code(0);
    run.out_has("mail host mx1.example.com: covered by SAN mx1.example.com\n")
        .out_has("the mail domain example.org itself");
    // In the ruleset of a listener few senders check names: a warning.
    let files = Files::new("example.com MX 10 mx9.example.com");
    files.lint(&["--mx", "example.com", "--ruleset", "smtp-server"]).code(2).err_has("cannot be used multiple times");
    let server = files.dns.address.to_string();
    let run = files.bench.run([
        "lint",
        "chain.pem",
        "--trust",
        "root.pem",
        "--ruleset",
        "smtp-server",
        "--mx",
        "example.com",
        "--dns",
        &server,
    ]);
    run.code(0).out_has("warning[mail/mx-not-covered]");
}

#[test]
fn a_domain_without_an_mx_record_is_its_own_mail_host() {
    let files = Files::new("mx1.example.com A 192.0.2.1\nexample.com AAAA 2001:db8::1\nexample.net TXT x");
    files
        .lint(&["--mx", "mx1.example.com"])
        .code(0)
        .out_has("mail host mx1.example.com: covered")
        .err_has("mx1.example.com has no MX record, so that mail for it goes to mx1.example.com itself");
    let run = files.lint(&["--mx", "example.com"]).code(1).out_has("the mail exchanger example.com");
    assert!(!run.out.contains("mail/domain-not-covered"), "{}", run.out);
    let no_host = "no mail can go to example.net: it has neither an MX record nor an address";
    files.lint(&["--mx", "example.net"]).code(1).out_has("error[input/unusable]").out_has(no_host).out_has("[1] mx1.");
}

#[test]
fn a_domain_that_cannot_be_held_against_is_an_error_and_costs_no_report() {
    let files = Files::new("null.example MX 0 .\nbroken.example FAIL\nexample.com MX 10 mx1.example.com");
    let told = |domain: &str| files.lint(&["--mx", domain]).code(1).out_has("error[input/unusable]");
    told("null.example").out_has("null.example takes no mail");
    told("gone.example").out_has("there is no domain gone.example");
    told("broken.example").out_has("SERVFAIL for MX of broken.example");
    // All of them at once, and none of them silences another.
    let run = files.lint(&["--mx", "null.example", "--mx", "gone.example", "--mx", "example.com"]).code(1);
    run.out_has("null.example takes").out_has("no domain gone.example").out_has("mail host mx1.example.com: covered");
    files.lint(&["--mx", "https://example.com/"]).code(2).err_has("it is a URL, not a host name");
    files.lint(&["--mx", "*.example.com"]).code(2).err_has("is a wildcard");
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let files = Files::new("");
    // Nobody listens on a port that was just given back.
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    drop(socket);
    files
        .bench
        .run(["lint", "chain.pem", "--mx", "example.com", "--dns", &address])
        .code(1)
        .out_has("error[input/unusable]: --mx cannot be used as given: nobody told where mail for example.com goes")
        .out_has("--dns ADDRESS");
    files.bench.run(["lint", "chain.pem", "--dns", "example.com"]).code(2).err_has("an IP address");
}

#[test]
fn dns_is_asked_only_by_this_option_and_once_for_all_files() {
    let files = Files::new("example.com MX 10 mx1.example.com");
    files.lint(&[]).code(0);
    assert_eq!(files.dns.questions(), 0);
    files.bench.write("other.pem", files.bench.read("chain.pem"));
    files.lint(&["other.pem", "--mx", "example.com"]).code(0);
    assert_eq!(files.dns.questions(), 1);
}
