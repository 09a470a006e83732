//! `sealpost role check`, and MX records at a commit: what peers conclude, and whether the three that must agree do.

use crate::fake_dns::{FakeDns, Zone};
use crate::support::authority::{Answer, Authority};
use crate::support::{Bench, Run};

const LISTENER: &str = "listener:IncomingMail";

/// A gateway that accepts mail for two domains, asks the fake DNS, trusts a private root, and presents what that signed for `names`.
fn bench(zone: &str, names: &[&str]) -> (Bench, FakeDns, Zone) {
    let (dns, zone) = FakeDns::zone(zone);
    let bench = Bench::with_home();
    let root = Authority::root("Private Root");
    let request = bench.run(["cert", "request", "mx", "--cn", names[0]]).code(0).out;
    let names = Some(names.iter().map(|name| (*name).to_owned()).collect());
    bench.write("signed.pem", root.sign(&request, &Answer { names, ..Answer::default() }));
    bench.write("root.pem", root.pem());
    bench.run(["cert", "import", "mx", "signed.pem", "root.pem"]).code(0);
    bench.run(["authority", "import", "root.pem"]).code(0);
    configure(&bench, &format!("[dns]\nservers = [\"{}\"]\n\n[role]\n\"{LISTENER}\" = \"mx\"\n", dns.address));
    bench
        .shell("sed -i 's/^domains = .*/domains = [\"example.com\", \"example.org\"]/' home/staged/sealpost.toml")
        .code(0);
    offer_tls(&bench);
    (bench, dns, zone)
}

fn offer_tls(bench: &Bench) {
    bench.run(["listener", "policy", "set", "IncomingMail", "ACCEPTED", "--tls", "preferred"]).code(0);
}

fn configure(bench: &Bench, text: &str) {
    let file = bench.home().join("staged/sealpost.toml");
    let old = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, old + "\n" + text).unwrap();
}

/// The row of the answer that begins with these words, and its verdict.
fn row<'a>(run: &'a Run, who: &str) -> &'a str {
    let row = run.out.lines().map(str::trim).find(|line| line.get(5..).is_some_and(|rest| rest.starts_with(who)));
    row.unwrap_or_else(|| panic!("no row for {who}\n{}", run.out))
}

const AGREEING: &str =
    "example.com MX 10 mx1.example.com\nexample.com MX 20 backup.example.net\nexample.org MX 10 mx1.example.com";

#[test]
fn where_the_three_agree_every_peer_that_matters_accepts() {
    let (bench, ..) = bench(AGREEING, &["mx1.example.com"]);
    let checked = bench.run(["role", "check", LISTENER]).code(0);
    let checked = checked.out_has("MX record of example.com: mx1.example.com, backup.example.net");
    let checked = checked.out_has("certificate of mx:        mx1.example.com");
    let checked = checked.out_has("host name of Data 1:      mx1.example.com");
    assert!(row(&checked, "a sender that does not check").starts_with("yes"));
    let hosted = row(&checked, "a sender with Hosted Verify, to example.com and 1 other domain");
    assert!(
        hosted.starts_with("yes")
            && hosted
                .ends_with("SAN mx1.example.com fits mx1.example.com; where Private Root is trusted as it is here"),
        "{hosted}"
    );
    assert!(row(&checked, "Postfix, level verify").starts_with("yes"));
    // The certificate is for the MX host and not for the domain: told, and no reason to say no.
    let verify = row(&checked, "a sender with Verify, to example.com");
    assert!(
        verify.starts_with("no ") && verify.contains("it looks for example.com; the certificate is for"),
        "{verify}"
    );
    assert!(row(&checked, "Postfix, level secure, to example.com").starts_with("yes"));
    assert!(row(&checked, "Postfix, level secure, to example.org").starts_with("no "));
    // No warning about names at the commit either.
    let committed = bench.run(["change", "commit", "x"]).code(0).err_has("warning[chain/untrusted-root]");
    assert!(!committed.err.contains("[name/") && !committed.err.contains("[mail/"), "{}", committed.err);
}

#[test]
fn where_they_do_not_agree_all_three_stand_side_by_side() {
    let zone = "example.com MX 10 mail.example.com\nexample.org MX 10 mx1.example.com";
    let (bench, _, zone) = bench(zone, &["old.example.com"]);
    let committed = bench.run(["change", "commit", "x"]).code(0);
    committed
        .err_has("warning[mail/mx-elsewhere]: no MX record of example.com names the interface of listener:IncomingMail")
        .err_has("warning[mail/mx-not-covered]")
        .err_has("warning[name/hostname-mismatch]")
        .err_has("   = MX record of example.com: mail.example.com\n   = MX record of example.org: mx1.example.com\n   = certificate of mx:        old.example.com\n   = host name of Data 1:      mx1.example.com\n")
        .err_has("senders can verify only where the three agree");
    let checked = bench.run(["role", "check"]).code(1);
    let hosted = row(&checked, "a sender with Hosted Verify, to example.com");
    assert!(hosted.starts_with("NO ") && hosted.contains("it looks for example.com or mail.example.com"), "{hosted}");
    assert!(row(&checked, "Postfix, level verify, to example.org").starts_with("NO "));
    checked.err_has("1 role: a peer that matters does not accept what it is shown");
    // A domain that takes no mail (RFC 7505), and one whose server does not know.
    zone.set("example.com MX 0 .\nexample.org FAIL");
    bench.shell("sed -i 's/mx1.example.com/mx3.example.com/' home/staged/sealpost.toml").code(0);
    let committed = bench.run(["change", "commit", "y"]).code(0);
    committed.err_has("example.com is accepted here, but its null MX record says that it takes no mail");
    let checked = bench.run(["role", "check", LISTENER, "--format", "json"]).code(1).json();
    let schema = bench.run(["schema", "sealpost.role-check/1"]).code(0).json();
    assert!(jsonschema::is_valid(&schema, &checked), "{checked:#}");
    let rows = checked["roles"][0]["agreement"].as_array().unwrap();
    assert!(rows[1]["value"].as_str().unwrap().starts_with("not known: DNS server 127.0.0.1:"), "{rows:#?}");
}

#[test]
fn nobody_is_asked_unless_the_change_touches_the_listener() {
    let (bench, dns, _) = bench(AGREEING, &["mx1.example.com"]);
    bench.run(["change", "commit", "x", "--no-dns"]).code(0);
    assert_eq!(dns.questions(), 0);
    bench.run(["cert", "new", "other", "--cn", "other.example.com", "--commit", "untouched"]).code(0);
    bench.run(["role", "list"]).code(0);
    assert_eq!(dns.questions(), 0);
    bench.run(["role", "bind", LISTENER, "other", "--commit", "touched", "--no-dns"]).code(0);
    let checked = bench.run(["role", "check", LISTENER, "--no-dns"]).code(1);
    checked.out_has("MX record of example.com: not known: DNS was not asked");
    assert_eq!(dns.questions(), 0);
    bench.run(["role", "bind", LISTENER, "mx", "--commit", "touched"]).code(0);
    assert!(dns.questions() > 0);
}

#[test]
fn a_self_signed_certificate_convinces_only_those_who_do_not_look() {
    let bench = Bench::with_home();
    offer_tls(&bench);
    let checked = bench.run(["role", "check"]).code(1);
    assert!(row(&checked, "a sender that does not check").starts_with("yes"));
    let client = row(&checked, "a client that checks the host name");
    assert!(
        client.starts_with("NO ") && client.ends_with("mx1.example.com is self-signed and no trust anchor"),
        "{client}"
    );
    checked.out_has("listener:IncomingMail: Demo (NOTHING BOUND), valid until ");
}

#[test]
fn where_no_policy_offers_tls_nobody_sees_the_certificate() {
    let (bench, ..) = bench(AGREEING, &["mx1.example.com"]);
    bench.run(["listener", "policy", "set", "IncomingMail", "ACCEPTED", "--tls", "off"]).code(0);
    let checked = bench.run(["role", "check", LISTENER]).code(1);
    let hosted = row(&checked, "a sender with Hosted Verify");
    assert!(hosted.starts_with("NO ") && hosted.contains("it is offered no TLS"), "{hosted}");
    let committed = bench.run(["change", "commit", "x"]).code(0);
    committed
        .err_has("warning[role/not-presented]: role `listener:IncomingMail` has a certificate that is never presented")
        .err_has("  help: sealpost listener policy set IncomingMail ACCEPTED --tls preferred\n");
}

#[test]
fn a_browser_takes_no_common_name_and_a_receiver_wants_a_clients_certificate() {
    crate::needs!("openssl");
    let bench = Bench::with_home();
    let make = "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj '/CN=Private Root' 2>&1
        for kind in serverAuth clientAuth; do
            openssl req -newkey rsa:2048 -nodes -keyout $kind.key -out $kind.csr -subj /CN=mx1.example.com 2>&1
            printf \"basicConstraints=critical,CA:FALSE\\nextendedKeyUsage=$kind\\n\" > $kind.ext
            openssl x509 -req -in $kind.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile $kind.ext -out $kind.pem 2>&1
        done";
    bench.shell(make).code(0);
    bench.run(["authority", "import", "ca.pem"]).code(0);
    bench.run(["cert", "import", "server", "serverAuth.key", "serverAuth.pem"]).code(0);
    bench.run(["cert", "import", "client", "clientAuth.key", "clientAuth.pem"]).code(0);
    bench.shell("sed -i 's/^hostname = .*/&\\nhttps = 8443/' home/staged/sealpost.toml").code(0);
    bench.run(["role", "bind", "https:Data 1", "server"]).code(0);
    bench.run(["role", "bind", LISTENER, "server"]).code(0);
    offer_tls(&bench);
    let checked = bench.run(["role", "check", "https:Data 1"]).code(1);
    assert!(
        row(&checked, "a browser")
            .contains("NO   a browser  it looks for mx1.example.com; the certificate has no names")
    );
    // Mail takes the common name where there is no dNSName.
    let checked = bench.run(["role", "check", LISTENER]).code(0);
    assert!(row(&checked, "a client that checks").contains("CN mx1.example.com fits mx1.example.com"));
    bench.run(["role", "check", "outbound"]).code(0).out_has("it is shown no certificate");
    bench.run(["role", "bind", "outbound", "server"]).code(0);
    let checked = bench.run(["role", "check", "outbound"]).code(0);
    assert!(row(&checked, "a receiver that asks").ends_with("mx1.example.com is not meant for clientAuth"));
    assert!(row(&checked, "a receiver that takes").starts_with("yes"));
    configure(&bench, "[destination.\"example.org\"]\nclient-certificate-required = true\n");
    bench.run(["role", "check", "outbound"]).code(1);
    bench.run(["role", "bind", "outbound", "client"]).code(0);
    bench.run(["role", "check", "outbound"]).code(0);
    bench.run(["role", "check", "outbund"]).code(2).err_has("did you mean `outbound`?");
}
