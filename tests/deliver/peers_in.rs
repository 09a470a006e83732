//! Real programs that send to a listener: Postfix at every TLS level, swaks, posttls-finger.

use std::process::Command;

use sealpost::model::fingerprint::Fingerprint;

use crate::gate::{Gate, Wish, identity};
use crate::needs;
use crate::support::authority::Authority;
use crate::support::postfix::Postfix;
use crate::support::smtp::Client;
use crate::support::{Bench, run};

/// One SMTP client of Postfix for each of its TLS levels, with a domain of its own.
const LEVELS: [&str; 5] = ["none", "may", "encrypt", "verify", "secure"];

#[test]
fn postfix_sends_at_every_tls_level() {
    let gate = Gate::plain();
    let bench = Bench::new();
    let authority = bench.path("authority.pem");
    std::fs::write(&authority, gate.certificate_pem()).unwrap();
    let (mut transports, mut services) = (String::new(), String::new());
    for level in LEVELS {
        transports += &format!("{{{level}.example.com=smtp-{level}:[127.0.0.1]:{}}},", gate.address.port());
        services += &format!(
            "smtp-{level} unix - - n - - smtp\n  -o smtp_tls_security_level={level}\n  -o smtp_tls_CAfile={}\n  \
             -o smtp_tls_verify_cert_match=mx1.example.com\n  -o smtp_tls_secure_cert_match=mx1.example.com\n",
            authority.display()
        );
    }
    let main = format!("transport_maps = inline:{{{}}}", transports.trim_end_matches(','));
    let Some(postfix) = Postfix::start(&main, &services) else { return };
    let mut client = Client::connect(postfix.address);
    client.expect("220 ", "greeting");
    client.ask("EHLO client.example", "250-");
    for level in LEVELS {
        let reply =
            client.message(&format!("user@{level}.example.com"), &format!("Subject: {level}\r\n\r\n.dot\r\n\r\nend"));
        assert!(reply.starts_with("250 "), "{level}: {reply}");
    }
    for level in LEVELS {
        postfix.log_has(&format!("to=<user@{level}.example.com>"));
    }
    assert_eq!(postfix.log().matches("status=sent (250 2.0.0 Ok: message ").count(), LEVELS.len(), "{}", postfix.log());
    assert_eq!(postfix.log().matches("Verified TLS connection established to").count(), 2, "{}", postfix.log());
    let over_tls = gate.queued().iter().filter(|listed| listed.message.received.over_tls).count();
    assert_eq!((gate.queued().len(), over_tls), (5, 4));
    assert!(!gate.log().contains("Failed"), "{}", gate.log());
}

/// By fingerprint, right and wrong.
#[test]
fn postfix_sends_to_the_fingerprint_that_it_knows() {
    let gate = Gate::plain();
    let digits = Fingerprint::of(gate.certificate()).to_string().to_uppercase();
    let right = digits.as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join(":");
    let wrong = right.replace('A', "B").replace('1', "2");
    let services = [("right", &right), ("wrong", &wrong)].map(|(name, fingerprint)| {
        format!(
            "smtp-{name} unix - - n - - smtp\n  -o smtp_tls_security_level=fingerprint\n  \
             -o smtp_tls_fingerprint_cert_match={fingerprint}\n"
        )
    });
    let port = gate.address.port();
    let main = format!(
        "smtp_tls_fingerprint_digest = sha256\ntransport_maps = \
         inline:{{{{right.example.com=smtp-right:[127.0.0.1]:{port}}},{{wrong.example.com=smtp-wrong:[127.0.0.1]:{port}}}}}"
    );
    let Some(postfix) = Postfix::start(&main, &services.concat()) else { return };
    for name in ["right", "wrong"] {
        let reply = Client::greeted(postfix.address).message(&format!("user@{name}.example.com"), "Subject: x\r\n\r\n");
        assert!(reply.starts_with("250 "), "{reply}");
    }
    postfix.log_has("Verified TLS connection established to 127.0.0.1[127.0.0.1]:");
    postfix.log_has("to=<user@right.example.com>");
    postfix.log_has("status=deferred (Server certificate not verified)");
    assert_eq!(gate.queued().len(), 1);
}

/// Postfix shows a certificate to a listener that verifies clients, or has none.
#[test]
fn postfix_shows_its_client_certificate() {
    let (root, stranger) = (Authority::root("client root"), Authority::root("another root"));
    let anchors = [root.pem()];
    let policy = "tls = \"required\"\nverify-client = true\nclient-usage = \"any\"";
    let gate = Gate::with(Wish { policy, anchors: &anchors, ..Wish::default() });
    let bench = Bench::new();
    let port = gate.address.port();
    let (mut transports, mut services, mut shown) = (Vec::new(), String::new(), Vec::new());
    for (name, version, authority) in [
        ("known", "TLSv1.3", Some(&root)),
        ("older", "TLSv1.2", Some(&root)),
        ("stranger", "TLSv1.3", Some(&stranger)),
        ("nobody", "TLSv1.3", None),
    ] {
        transports.push(format!("{{{name}.example.com=smtp-{name}:[127.0.0.1]:{port}}}"));
        services += &format!(
            "smtp-{name} unix - - n - - smtp\n  -o smtp_tls_security_level=encrypt\n  -o smtp_tls_mandatory_protocols={version}\n"
        );
        if let Some(authority) = authority {
            let (key, certificate) = authority.issue("postfix.example");
            shown.push(Fingerprint::of(pem::parse(&certificate).unwrap().contents()));
            let file = bench.write(&format!("{name}.pem"), key + &certificate);
            services += &format!("  -o smtp_tls_chain_files={}\n", file.display());
        }
    }
    let main = format!("transport_maps = inline:{{{}}}", transports.join(","));
    let Some(postfix) = Postfix::start(&main, &services) else { return };
    for (name, told) in [
        ("known", "status=sent (250 2.0.0 Ok: message "),
        ("older", "status=sent (250 2.0.0 Ok: message "),
        ("stranger", "said: 550 5.7.1 Client certificate is not accepted (chain/"),
        ("nobody", "said: 550 5.7.1 A client certificate is required"),
    ] {
        let reply = Client::greeted(postfix.address).message(&format!("user@{name}.example.com"), "Subject: x\r\n\r\n");
        assert!(reply.starts_with("250 "), "{reply}");
        let to = format!("to=<user@{name}.example.com>");
        postfix.log_has(&to);
        let log = postfix.log();
        assert!(log.lines().any(|line| line.contains(&to) && line.contains(told)), "{name}:\n{log}");
    }
    assert_eq!(gate.queued().len(), 2);
    let log = gate.log();
    for part in [
        format!("protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384 client={} verify=ok", shown[0]),
        format!("protocol TLSv1.2 cipher ECDHE-ECDSA-AES256-GCM-SHA384 client={} verify=ok", shown[1]),
        "client=none".to_owned(),
    ] {
        assert!(log.contains(&part), "{part} is not in\n{log}");
    }
}

/// The names that clients ask for, and the certificates that they show, in both versions of TLS.
#[test]
fn openssl_and_swaks_choose_a_certificate_by_name_and_show_their_own() {
    needs!("openssl", "swaks");
    let root = Authority::root("client root");
    let anchors = [root.pem()];
    let wish = Wish {
        policy: "tls = \"required\"\nverify-client = true\nclient-usage = \"any\"",
        anchors: &anchors,
        rest: "[role]\n\"listener:In/mail.example.com\" = \"mail\"\n",
        ..Wish::default()
    };
    let mut gateway = wish.gateway(1);
    let mail = identity("mail.example.com");
    let shown = [gateway.identities[&gateway.demo].chain[0].clone(), mail.chain[0].clone()];
    gateway.identities.insert("mail".parse().unwrap(), mail);
    let gate = Gate::of(gateway);
    let bench = Bench::new();
    let (key, certificate) = root.issue("client.example");
    bench.write("client.key", key);
    bench.write("client.pem", &certificate);
    let sha256 = Fingerprint::of(pem::parse(&certificate).unwrap().contents());
    bench.write("input", "EHLO client.example\nMAIL FROM:<a@client.example>\nQUIT\n");
    let own = "-cert client.pem -key client.key";
    for version in ["-tls1_2", "-tls1_3"] {
        for (name, expected) in
            [("-servername mail.example.com", 1), ("-servername other.example.com", 0), ("-noservername", 0)]
        {
            for (client, reply) in [(own, "250 2.1.0 Sender ok"), ("", "550 5.7.1 A client certificate is required")] {
                let said = bench
                    .shell(&format!(
                        "(cat input; sleep 1) | openssl s_client -starttls smtp -connect {} {version} {name} {client} -crlf -ign_eof 2>&1 || true",
                        gate.address
                    ))
                    .out;
                let place = format!("{version} {name} {client}\n{said}");
                assert!(said.contains(reply), "{place}");
                let begin = said.find("-----BEGIN CERTIFICATE").expect(&place);
                let presented = pem::parse(&said[begin..]).expect(&place);
                assert_eq!(presented.contents(), shown[expected].der(), "{place}");
            }
        }
        let protocol = version.replace("-tls1_", "tlsv1_");
        let swaks = |options: &[&str]| {
            let mut command = Command::new("swaks");
            command.current_dir(bench.path("")).args([
                "--server",
                "127.0.0.1",
                "--port",
                &gate.address.port().to_string(),
            ]);
            command.args(["--helo", "client.example", "--from", "a@client.example", "--to", "u@example.com", "--tls"]);
            run(command.args(["--tls-protocol", &protocol]).args(options))
        };
        swaks(&["--tls-cert", "client.pem", "--tls-key", "client.key", "--tls-sni", "mail.example.com"])
            .code(0)
            .out_has("250 2.0.0 Ok: message ");
        assert!(swaks(&[]).out_has("550 5.7.1 A client certificate is required").code != 0);
    }
    let log = gate.log();
    assert_eq!(log.matches(&format!("sni=mail.example.com client={sha256} verify=ok")).count(), 4, "{log}");
    assert_eq!(gate.queued().len(), 2);
}

#[test]
fn swaks_sends_pipelined_and_over_tls() {
    needs!("swaks");
    let gate = Gate::plain();
    let port = gate.address.port().to_string();
    let swaks = |options: &[&str]| {
        let mut command = Command::new("swaks");
        command.args(["--server", "127.0.0.1", "--port", &port, "--helo", "client.example"]);
        run(command.args(["--from", "a@client.example", "--to", "u@example.com,v@example.com"]).args(options))
    };
    swaks(&["--pipeline"]).code(0).out_has("250 2.0.0 Ok: message ");
    swaks(&["--tls", "--pipeline"]).code(0).out_has("250 2.0.0 Ok: message ");
    swaks(&["--tls", "--tls-protocol", "tlsv1_2"]).code(0).out_has("TLSv1.2:ECDHE-ECDSA-AES256-GCM-SHA384");
    assert_eq!(gate.queued().len(), 3);
    assert!(swaks(&["--to", "u@elsewhere.example"]).code != 0);
    assert!(!gate.log().contains("Receiving Failed"), "{}", gate.log());
}

#[test]
fn posttls_finger_sees_what_it_should() {
    needs!("posttls-finger");
    let gate = Gate::plain();
    let bench = Bench::new();
    std::fs::write(bench.path("authority.pem"), gate.certificate_pem()).unwrap();
    // It ends with 0 whatever it saw.
    let said = bench.shell(&format!(
        "posttls-finger -c -l secure -F authority.pem -L summary '[127.0.0.1]:{}' mx1.example.com 2>&1",
        gate.address.port()
    ));
    said.code(0).out_has("Verified TLS connection established to 127.0.0.1").out_has("TLSv1.3");
    for (options, saw) in [
        ("-l encrypt -p TLSv1.2", "Untrusted TLS connection established to 127.0.0.1"),
        ("-l secure -F authority.pem -p TLSv1.2", "Verified TLS connection established to 127.0.0.1"),
        // Another name than the certificate has.
        ("-l secure -F authority.pem", "Untrusted TLS connection established to 127.0.0.1"),
    ] {
        let name = if saw.starts_with("Verified") { "mx1.example.com" } else { "other.example" };
        let port = gate.address.port();
        let said = bench.shell(&format!("posttls-finger -c {options} -L summary '[127.0.0.1]:{port}' {name} 2>&1"));
        let version = if options.contains("1.2") { "TLSv1.2" } else { "TLSv1.3" };
        said.code(0).out_has(saw).out_has(version);
    }
}
