//! Postfix as a mail host: its TLS levels under each of our settings, and what it says about the certificate that we show.

use sealpost::deliver::gateway::Identity;
use sealpost::deliver::outcome::{Cause, Outcome, Reason};

use crate::fake_dns::FakeDns;
use crate::gate::identity;
use crate::outcomes::SETTINGS;
use crate::support::Bench;
use crate::support::authority::Authority;
use crate::support::mail_host::{MailHost, Server};
use crate::support::postfix::Postfix;
use crate::support::serve::{ServeProcess, configure, free_port, home_on};
use crate::support::smtp::Client;
use crate::world::{World, gateway_trusting, parcel, run};

/// How a service of Postfix is told to do TLS, and what that leads to for each setting, in the letters of the table of outcomes;
/// without a client certificate, and with one.
const SERVICES: [(&str, &str, &str, &str); 6] = [
    ("none", "smtpd_tls_security_level=none", "PP-P--", "PP-P--"),
    ("may", "smtpd_tls_security_level=may", "PEEAAA", "PEEAAA"),
    ("encrypt", "smtpd_tls_security_level=encrypt", "WEEAAA", "WEEAAA"),
    ("ask", "smtpd_tls_security_level=may smtpd_tls_ask_ccert=yes", "PEEAAA", "PEEAAA"),
    ("require", "smtpd_tls_security_level=encrypt smtpd_tls_req_ccert=yes", "WCCCCC", "WEEAAA"),
    (
        "require-1.2",
        "smtpd_tls_security_level=encrypt smtpd_tls_req_ccert=yes smtpd_tls_mandatory_protocols=TLSv1.2",
        "WCCCCC",
        "WEEAAA",
    ),
];

/// A Postfix with these services, each on a port of its own, that relays what it takes to `next`.
struct Receiver {
    postfix: Postfix,
    ports: Vec<u16>,
}

impl Receiver {
    /// `main` is for `main.cf`; `None` where Postfix cannot be started.
    fn start(bench: &Bench, services: &[&str], next: u16, main: &str) -> Option<Receiver> {
        let ports: Vec<u16> = services.iter().map(|_| free_port()).collect();
        let services = services.iter().zip(&ports).map(|(options, port)| {
            let options = options.split_ascii_whitespace().map(|option| format!("  -o {option}\n"));
            format!("127.0.0.1:{port} inet n - n - - smtpd\n{}", options.collect::<String>())
        });
        let main = format!(
            "relay_domains = example.net\nrelay_transport = smtp:[127.0.0.1]:{next}\nsmtpd_tls_loglevel = 1\n\
             smtpd_tls_received_header = yes\nsmtpd_tls_chain_files = {}\nsmtpd_tls_fingerprint_digest = sha256\n{main}",
            bench.path("postfix.pem").display()
        );
        let postfix = Postfix::start(&main, &services.collect::<String>())?;
        Some(Receiver { postfix, ports })
    }
}

/// Sends a message under `setting`; the letter of what happened, and the log.
fn send(port: u16, anchor: &str, setting: &str, own: Option<&Identity>) -> (char, String) {
    let (dns, _) = FakeDns::zone("example.net MX 10 mx1.example.net\nmx1.example.net A 127.0.0.1\n");
    let role = if own.is_some() { "[role]\noutbound = \"own\"\n" } else { "" };
    let toml = format!("[destination]\ntls = \"{setting}\"\n{role}");
    let mut gateway = gateway_trusting(&toml, dns.address, &[anchor]);
    gateway.identities.extend(own.map(|own| ("own".parse().unwrap(), own.clone())));
    let world = World::of(gateway, port);
    run(async {
        let planned = world.plan("example.net").await.unwrap();
        let message = format!("Subject: {setting}\n\nhello\n");
        let attempted = world.send(&planned, &parcel(&["you@example.net"], &message).await).await;
        let lines = world.lines().join("\n");
        let letter = match &attempted.ended[0].1.outcome {
            Outcome::Delivered { .. } if lines.contains("tls=none") => 'P',
            Outcome::Delivered { .. } if lines.contains("-ok match=") || lines.contains("=ok match=") => 'A',
            Outcome::Delivered { .. } if !lines.contains("verify=") => 'E',
            Outcome::Deferred(Reason::TlsWanted(_)) => 'W',
            Outcome::Deferred(reason) if reason.cause() == Cause::ClientCertificateRefused => 'C',
            Outcome::Deferred(reason) if reason.cause() == Cause::StartTlsNotOffered => '-',
            _ => '?',
        };
        (letter, format!("{lines}\n{:?}", attempted.ended))
    })
}

fn with_certificate_of_postfix(names: &str) -> (Bench, Authority) {
    let (bench, authority) = (Bench::new(), Authority::root("mail root"));
    let (key, certificate) = authority.issue(names);
    bench.write("postfix.pem", key + &certificate);
    (bench, authority)
}

#[test]
fn postfix_receives_at_every_level_as_each_setting_has_it() {
    let (bench, authority) = with_certificate_of_postfix("example.net");
    let own = identity("client.us.example");
    bench.write("own.pem", pem::encode(&pem::Pem::new("CERTIFICATE", own.chain[0].der().to_vec())));
    let next = MailHost::start(Server::Nobody, &bench.path(""));
    let options = SERVICES.map(|(_, options, ..)| options);
    let trust = format!("smtpd_tls_CAfile = {}", bench.path("own.pem").display());
    let Some(receiver) = Receiver::start(&bench, &options, next.address.port(), &trust) else { return };
    let mut wrong = Vec::new();
    for ((name, _, without, with), port) in SERVICES.iter().zip(&receiver.ports) {
        for (own, cells) in [(None, without), (Some(&own), with)] {
            for (setting, cell) in SETTINGS.iter().zip(cells.chars()) {
                let (seen, said) = send(*port, authority.pem(), setting, own);
                if seen != cell {
                    wrong.push(format!("{name} under {setting}, own={}: {seen}, not {cell}\n{said}", own.is_some()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), receiver.postfix.log());
    // A certificate that Postfix does not believe: told in the reply to the EHLO under TLS.
    let (letter, said) = send(receiver.ports[4], authority.pem(), "required", Some(&identity("stranger.example")));
    assert!(letter == 'C' && said.contains("the peer refuses our client certificate: 421 4.7.1 "), "{said}");
}

/// The engine as a whole: mail over a listener goes out with the certificate of the role outbound, and Postfix relays for nobody else.
#[test]
fn postfix_relays_for_the_certificate_that_is_bound_and_names_it() {
    let (bench, _) = with_certificate_of_postfix("example.net");
    let next = MailHost::start(Server::Nobody, &bench.path(""));
    let port = free_port();
    let home = home_on(port);
    home.run(["cert", "new", "client", "--for", "outbound", "--cn", "client.us.example"]).code(0);
    home.run(["cert", "new", "another", "--for", "outbound", "--cn", "another.us.example"]).code(0);
    let sha256 =
        home.run(["cert", "show", "client", "--format", "json"]).code(0).json()["certificate"]["sha256"].clone();
    let fingerprint: Vec<String> = sha256
        .as_str()
        .unwrap()
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
        .collect();
    let access = format!(
        "mynetworks =\nrelay_clientcerts = inline:{{{{{}=client}}}}\n\
         smtpd_relay_restrictions = permit_tls_clientcerts, reject",
        fingerprint.join(":")
    );
    let options = ["smtpd_tls_security_level=encrypt smtpd_tls_ask_ccert=yes"];
    let Some(receiver) = Receiver::start(&bench, &options, next.address.port(), &access) else { return };
    configure(&home, |text| {
        format!(
            "{text}\n[route.\"example.net\"]\nhosts = [\"127.0.0.1:{}\"]\n[destination.\"example.net\"]\ntls = \"required\"\n",
            receiver.ports[0]
        )
    });
    home.run(["role", "bind", "outbound", "client", "--commit", "route", "--with-pending"]).code(0);
    let server = ServeProcess::on(home, port);
    let deliver = |subject: &str| {
        let mut client = Client::greeted(server.address);
        let reply = client.message("you@example.net", &format!("Subject: {subject}\r\n\r\nhello"));
        assert!(reply.starts_with("250 "), "{reply}");
    };
    deliver("with the certificate that is known");
    receiver.postfix.log_has("status=sent (250 2.0.0 OK)");
    let told = next.told(1);
    let message = told[0].messages[0].replace("\n\t", " ");
    for part in [
        "Subject: with the certificate that is known\n",
        "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 ",
        "(Client CN \"client.us.example\", Issuer \"client.us.example\" (not verified))",
        "by postfix.example (Postfix) with ESMTPS id ",
    ] {
        assert!(message.contains(part), "{part} is not in\n{message}");
    }
    server.run(&["role", "bind", "outbound", "another", "--commit", "another"]).code(0);
    deliver("with another one");
    receiver.postfix.log_has("reject: RCPT from localhost[127.0.0.1]: 554 5.7.1 ");
    server.log_has("Bounced: ");
    let log = server.log();
    assert!(log.contains("tls=TLSv1.3") && log.contains("5.7.1 - refused while "), "{log}");
}
