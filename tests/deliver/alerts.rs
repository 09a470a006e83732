//! Alerts about required TLS that was not reached: for which cells of the table, how often, about what, and how they travel.

use sealpost::deliver::engine::InUse;
use sealpost::deliver::gateway::Gateway;
use sealpost::deliver::live::Live;
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::sys::clock;

use crate::dispatch::{Gate, route};
use crate::fake_dns::FakeDns;
use crate::outcomes::{Column, DOMAIN, SETTINGS, TABLE};
use crate::spool::{message, put};
use crate::support::Bench;
use crate::support::mail_host::{MailHost, Server};
use crate::world::{Farm, Farmed, gateway, run};

/// A mail host for each column of the table, which takes mail for the domain `cN.example`.
async fn farm(authority: &Authority) -> Vec<Farmed> {
    let mut hosts = Vec::new();
    for (number, Column { failures, kind, names, .. }) in TABLE.iter().enumerate() {
        let own = format!("c{number}.example");
        let own = [own.as_str()];
        let names = if *names == DOMAIN { &own[..] } else { names };
        hosts.push(Farm { kind: *kind, failures, ..Farm::good(authority, names) }.start().await);
    }
    hosts
}

/// DELIVERY section 1: a cell with `!` raises the alert, once for its messages, and no other cell does.
#[test]
fn every_cell_that_should_raises_one_alert_and_no_other_does() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let hosts = farm(&authority).await;
        let mut recipients = Vec::new();
        let mut routes = String::new();
        for (number, host) in hosts.iter().enumerate() {
            let port = host.address.port();
            routes += &format!("[route.\"c{number}.example\"]\nhosts = [\"mx1.example.net:{port}\"]\n");
            recipients.extend([format!("a@c{number}.example"), format!("b@c{number}.example")]);
        }
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        for (row, setting) in SETTINGS.iter().enumerate() {
            for wanted in [true, false] {
                let toml = format!(
                    "{routes}[destination]\ntls = \"{setting}\"\n[alerts]\ntls-required = {wanted}\n[limits]\nhandshake-timeout = \"1s\"\n"
                );
                let gate = Gate::start_with(&toml, &authority, &recipients).await;
                let ended = |log: &str| log.matches("Delayed: ").count() + log.matches("Message finished ").count();
                let log = gate.until(|log| ended(log) == recipients.len()).await;
                for (number, Column { name, cells, code, .. }) in TABLE.iter().enumerate() {
                    let not_sent = cells.as_bytes()[row] == b'-';
                    let expected = usize::from(wanted && not_sent && setting.starts_with("required"));
                    let alert = format!("alert: required TLS to c{number}.example failed: ");
                    let alerts: Vec<&str> = log.lines().filter(|line| line.contains(&alert)).collect();
                    assert_eq!(alerts.len(), expected, "{name} under {setting}, wanted={wanted}\n{alerts:?}\n{log}");
                    let told = format!("domain=c{number}.example code={code} host=mx1.example.net mid=");
                    assert!(alerts.iter().all(|line| line.contains(&told)), "{alerts:?}");
                }
                gate.stop().await;
            }
        }
    });
}

/// What one host refuses and another one takes has not failed.
#[test]
fn no_alert_where_another_host_took_the_message() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let bad = Farm { kind: Kind::Expired, ..Farm::good(&authority, &["one.example"]) }.start().await;
        let good = Farm::good(&authority, &["one.example"]).start().await;
        let toml = format!(
            "[route.\"one.example\"]\nhosts = [\"{}/pri=10\", \"{}/pri=20\"]\n[destination]\ntls = \"required-verify\"\n\
             [alerts]\ntls-required = true\n",
            bad.address, good.address
        );
        let gate = Gate::start_with(&toml, &authority, &["a@one.example"]).await;
        let log = gate.until(|log| log.contains("Message finished ")).await;
        assert!(log.contains("TLS required and not reached: the certificate expired"), "{log}");
        assert!(!log.contains("alert: "), "{log}");
        assert_eq!((bad.connections(), good.messages().len()), (1, 1));
        gate.stop().await;
    });
}

/// The destination's own word goes before the global one.
#[test]
fn a_destination_can_raise_alerts_alone_or_be_silent() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm { kind: Kind::Expired, ..Farm::good(&authority, &["mx1.example.net"]) }.start().await;
        for (global, own, expected) in
            [(false, Some(true), 1), (true, Some(false), 0), (true, None, 1), (false, None, 0)]
        {
            let own = own.map_or_else(String::new, |own| format!("tls-alert = {own}\n"));
            let toml = format!(
                "{}[destination.\"one.example\"]\ntls = \"required-verify\"\n{own}[alerts]\ntls-required = {global}\n",
                route("one.example", &host)
            );
            let gate = Gate::start_with(&toml, &authority, &["a@one.example"]).await;
            let log = gate.until(|log| log.contains("Delayed: ")).await;
            assert_eq!(log.matches("alert: required TLS").count(), expected, "{global} {own}\n{log}");
            gate.stop().await;
        }
    });
}

/// It names what an administrator needs, and reaches one whose own domain nobody could deliver to: around the queue and around
/// destination controls.
#[test]
fn an_alert_names_what_waits_and_goes_around_the_queue_and_the_controls() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let bad = Farm { kind: Kind::Expired, ..Farm::good(&authority, &["one.example"]) }.start().await;
        let bench = Bench::new();
        // It offers no TLS at all, which the default row would not let pass.
        let admin = MailHost::start(Server::Nobody, &bench.path(""));
        let toml = format!(
            "{}[route.\"admin.example\"]\nhosts = [\"{}\"]\n[destination]\ntls = \"required-verify\"\n\
             [alerts]\nto = [\"root@admin.example\", \"other@admin.example\"]\nfrom = \"gateway@us.example\"\ntls-required = true\n",
            route("one.example", &bad),
            admin.address
        );
        let mut recipients = vec!["a@one.example"; 23];
        recipients.push("a@admin.example");
        let gate = Gate::start_with(&toml, &authority, &recipients).await;
        let log = gate.until(|log| log.matches("Delayed: ").count() == recipients.len()).await;
        let told = tokio::task::spawn_blocking(move || admin.told(5)).await.unwrap();
        let messages: Vec<&String> = told.iter().flat_map(|told| &told.messages).collect();
        // Mail to admin.example was not let out to it either, which is told of too.
        let about = |domain: &str| {
            let subject = format!("Subject: [Warning]-[us.example]: ([System]) Required TLS to {domain} failed: ");
            messages.iter().filter(|message| message.contains(&subject)).count()
        };
        assert_eq!((about("one.example"), about("admin.example"), messages.len()), (2, 2, 4), "{messages:#?}");
        let first = messages.iter().find(|message| message.contains("Required TLS to one.example")).unwrap();
        for part in [
            "From: <gateway@us.example>\n",
            "\nAuto-Submitted: auto-generated\n",
            "Mail to one.example waits, because its destination controls require TLS (required-verify)",
            "    the certificate expired 9 days ago (",
            "mail host:   [127.0.0.1]\n",
            &format!("address:     {}\n", bad.address),
            "cause:       cert/expired-leaf (certificate-expired)\n",
            "messages:    MID 1, MID 2, MID 3, ",
            ", MID 20 and 3 more\n",
            "repeated in 5 minutes",
        ] {
            assert!(first.contains(part), "{part:?} is missing in\n{first}");
        }
        assert_eq!(gate.shared.queue.stats().messages, recipients.len() as u64, "an alert went through the queue");
        assert!(!log.contains("the alert could not be sent"), "{log}");
        gate.stop().await;
    });
}

/// A success makes the next failure news; and what a commit mends is mended at once, not when a suspension ends.
#[test]
fn a_success_makes_the_next_failure_news() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm { kind: Kind::Expired, ..Farm::good(&authority, &["one.example"]) }.start().await;
        let toml = |setting: &str| {
            let alerts = "[alerts]\ntls-required = true\n";
            format!("{}[destination]\ntls = \"{setting}\"\n{alerts}", route("one.example", &host))
        };
        let gate = Gate::start_with(&toml("required-verify"), &authority, &["a@one.example"]).await;
        let alerts = |log: &str| log.matches("alert: required TLS to one.example").count();
        gate.until(|log| log.contains("Delayed: ")).await;
        for (revision, setting, ended, expected) in [
            // Still so, under another revision: told already.
            (2, "required-verify", "Delayed: ", 1),
            (3, "required", "Message finished ", 1),
            (4, "required-verify", "Delayed: ", 2),
        ] {
            let before = gate.log().await.matches(ended).count();
            let (dns, _) = FakeDns::zone("");
            let next = Gateway { revision, ..gateway(&toml(setting), dns.address, &[&authority]) };
            gate.shared.swap(InUse::new(Live::load(next).unwrap()));
            put(&gate.shared.queue, &["a@one.example"], &message(u64::from(revision), 500)).await;
            let log = gate.until(|log| log.matches(ended).count() > before).await;
            assert_eq!(alerts(&log), expected, "{setting} in revision {revision}\n{log}");
        }
        gate.stop().await;
    });
}
