//! From the queue to mail hosts, with everything in between.

use std::sync::Arc;
use std::time::Duration;

use sealpost::deliver::dispatch;
use sealpost::deliver::engine::{InUse, Shared};
use sealpost::deliver::live::Live;
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::sink::failure::Failure;
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::model::configuration::Log;
use sealpost::sys::clock;
use tokio::sync::watch;

use crate::fake_dns::FakeDns;
use crate::spool::{Spool, message, put};
use crate::world::{Farm, Farmed, gateway, run};

pub struct Gate {
    pub shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    running: tokio::task::JoinHandle<()>,
    folder: tempfile::TempDir,
    _spool: Spool,
}

impl Gate {
    async fn start(toml: &str, authority: &Authority) -> Gate {
        Gate::start_with(toml, authority, &[]).await
    }

    /// With messages to these recipients in the queue from the beginning.
    pub async fn start_with(toml: &str, authority: &Authority, recipients: &[&str]) -> Gate {
        let (dns, _) = FakeDns::zone("mx1.example.net A 127.0.0.1\n");
        let folder = tempfile::tempdir().unwrap();
        let (log, _) = MailLog::open(folder.path(), Log::default()).unwrap();
        let spool = Spool::new();
        let (queue, _) = spool.open();
        for (seed, recipient) in (0..).zip(recipients) {
            put(&queue, &[recipient], &message(seed, 500)).await;
        }
        let live = Live::load(gateway(toml, dns.address, &[authority])).unwrap();
        let (shared, stop) = Shared::new(InUse::new(live), queue, log);
        let running = tokio::spawn(dispatch::run(shared.clone()));
        Gate { shared, stop, running, folder, _spool: spool }
    }

    /// Waits until something is so; a test that hangs is told by its runner.
    pub async fn until(&self, mut so: impl FnMut(&str) -> bool) -> String {
        for _ in 0..3_000 {
            let log = self.log().await;
            if so(&log) {
                return log;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it never came to be:\n{}", self.log().await);
    }

    pub async fn log(&self) -> String {
        let (log, path) = (self.shared.log.clone(), self.folder.path().join("mail.log"));
        tokio::task::spawn_blocking(move || {
            log.flush();
            std::fs::read_to_string(path).unwrap_or_default()
        })
        .await
        .unwrap()
    }

    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap();
        self.shared.queue.close().await;
    }
}

pub fn route(domain: &str, host: &Farmed) -> String {
    format!("[route.\"{domain}\"]\nhosts = [\"{}\"]\n\n", host.address)
}

#[test]
fn what_is_queued_is_delivered_over_few_connections_and_is_gone() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let (one, two) = (Farm::good(&authority, &["one.example"]), Farm::good(&authority, &["two.example"]));
        let (one, two) = (one.start().await, two.start().await);
        let toml = format!(
            "{}{}[destination]\ntls = \"required-verify\"\n",
            route("one.example", &one),
            route("two.example", &two)
        );
        let gate = Gate::start(&toml, &authority).await;
        let mut sent = Vec::new();
        for seed in 0..60 {
            let text = message(seed, if seed % 20 == 7 { 200_000 } else { 3_000 });
            put(&gate.shared.queue, &["a@one.example", "b@two.example", "c@one.example"], &text).await;
            sent.push(text.len());
        }
        let log = gate.until(|_| gate.shared.queue.stats().messages == 0).await;
        let (first, second) = (one.messages(), two.messages());
        assert_eq!((first.len(), second.len()), (60, 60));
        assert!(first.iter().all(|message| message.recipients == ["a@one.example", "c@one.example"]));
        assert!(first.iter().chain(&second).all(|message| message.tls.is_some() && !message.bare_line_end));
        let mut hashes: Vec<_> = first.iter().map(|message| message.sha256.clone()).collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 60, "a message came twice, and another not at all");
        assert!(one.connections() + two.connections() < 40, "{} connections", one.connections());
        assert!(log.contains("verify=ok match=one.example source=domain") && log.contains("Response '250 2.0.0 OK'"));
        gate.stop().await;
    });
}

#[test]
fn required_tls_that_fails_raises_one_alert_and_mail_waits() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let bad = Farm { kind: Kind::Expired, ..Farm::good(&authority, &["one.example"]) }.start().await;
        let bare = Farm { failures: &[Failure::NoStartTls], ..Farm::good(&authority, &["two.example"]) }.start().await;
        let admin = Farm::good(&authority, &["admin.example"]).start().await;
        let toml = format!(
            "{}{}{}[destination]\ntls = \"required-verify\"\n\n[alerts]\nto = [\"root@admin.example\"]\ntls-required = true\n",
            route("one.example", &bad),
            route("two.example", &bare),
            route("admin.example", &admin)
        );
        let gate = Gate::start(&toml, &authority).await;
        for seed in 0..4 {
            put(&gate.shared.queue, &["a@one.example", "b@two.example"], &message(seed, 1_000)).await;
        }
        let log = gate.until(|log| log.matches("Delayed: ").count() == 8).await;
        let mut alerts = Vec::new();
        gate.until(|_| {
            alerts.extend(admin.messages());
            alerts.len() >= 2
        })
        .await;
        assert_eq!(alerts.len(), 2, "one for each destination, not one for each message");
        assert!(alerts.iter().all(|alert| alert.sender == "alerts@us.example" && alert.tls.is_some()));
        assert!(bad.messages().is_empty() && bare.messages().is_empty(), "mail left");
        assert_eq!(
            log.matches("alert: required TLS to one.example failed: the certificate expired 9 days ago").count(),
            1
        );
        assert!(
            log.contains("4.7.5 - the certificate expired") && log.contains("4.7.4 - the peer does not offer STARTTLS")
        );
        assert_eq!(gate.shared.queue.stats().messages, 4);
        gate.stop().await;
    });
}

/// Messages share the reason why a host cannot be used, instead of asking it one after the other.
#[test]
fn a_host_that_cannot_be_used_is_not_asked_for_each_message() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let bad = Farm { kind: Kind::Expired, ..Farm::good(&authority, &["one.example"]) }.start().await;
        let toml = format!("{}[destination]\ntls = \"required-verify\"\n", route("one.example", &bad));
        let gate = Gate::start_with(&toml, &authority, &["a@one.example"; 30]).await;
        let log = gate.until(|log| log.matches("Delayed: ").count() == 30).await;
        assert_eq!(log.matches("4.7.5 - the certificate expired").count(), 30);
        // As many as a destination begins with.
        assert!(bad.connections() <= 4, "{} connections", bad.connections());
        gate.stop().await;
    });
}

/// Two domains with one mail host, which may have one connection of ours at a time.
#[test]
fn the_connections_to_an_address_are_counted_over_all_domains() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let slow =
            Farm { slowness: Duration::from_millis(500), ..Farm::good(&authority, &["mx.example"]) }.start().await;
        let toml = format!(
            "{}{}[destination]\ntls = \"required\"\nconcurrency = 1\nlimit-scope = \"mx-address\"\nmessages-per-connection = 1\n",
            route("one.example", &slow),
            route("two.example", &slow)
        );
        let gate = Gate::start_with(&toml, &authority, &["a@one.example", "b@two.example"]).await;
        // The clock of the queue stands still, so the other message waits for its turn for ever.
        let log = gate.until(|_| gate.shared.queue.stats().messages == 1).await;
        assert!(!log.contains("Delayed: "), "it was not tried: {log}");
        assert_eq!((slow.connections(), slow.messages().len()), (1, 1), "{log}");
        gate.stop().await;
    });
}
