//! Real programs that send to a listener: Postfix at every TLS level, swaks, posttls-finger.

use std::process::Command;

use crate::gate::Gate;
use crate::needs;
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
}
