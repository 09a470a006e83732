//! From the queue to mail hosts, with everything in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sealpost::deliver::dispatch;
use sealpost::deliver::engine::{InUse, Shared};
use sealpost::deliver::live::Live;
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::numbers::Mid;
use sealpost::deliver::queue::{Deed, Queue, Selection};
use sealpost::deliver::sink::failure::Failure;
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::model::configuration::Log;
use sealpost::model::moment::Moment;
use sealpost::sys::clock::{self, Clock};
use tokio::sync::watch;

use crate::fake_dns::FakeDns;
use crate::spool::{Spool, message, put};
use crate::world::{Farm, Farmed, gateway, run};

pub struct Gate {
    pub shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    running: tokio::task::JoinHandle<()>,
    folder: tempfile::TempDir,
    spool: Spool,
}

impl Gate {
    fn start(toml: &str, authority: &Authority) -> Gate {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        Gate::with(toml, authority, spool, queue)
    }

    /// With messages to these recipients in the queue from the beginning.
    pub async fn start_with(toml: &str, authority: &Authority, recipients: &[&str]) -> Gate {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        for (seed, recipient) in (0..).zip(recipients) {
            put(&queue, &[recipient], &message(seed, 500)).await;
        }
        Gate::with(toml, authority, spool, queue)
    }

    fn with(toml: &str, authority: &Authority, spool: Spool, queue: Queue) -> Gate {
        let (dns, _) = FakeDns::zone("mx1.example.net A 127.0.0.1\n");
        let folder = tempfile::tempdir().unwrap();
        let (log, _) = MailLog::open(folder.path(), Log::default()).unwrap();
        let live = Live::load(gateway(toml, dns.address, &[authority])).unwrap();
        let (shared, stop) = Shared::new(InUse::new(live), queue, log);
        let running = tokio::spawn(dispatch::run(shared.clone()));
        Gate { shared, stop, running, folder, spool }
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
        let gate = Gate::start(&toml, &authority);
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
        let gate = Gate::start(&toml, &authority);
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
        let told = |line: &&str| line.contains("Delayed: ") && line.contains(" the certificate expired 9 days ago");
        assert_eq!(log.lines().filter(told).count(), 30, "{log}");
        // As many as a destination begins with.
        assert!(bad.connections() <= 4, "{} connections", bad.connections());
        gate.stop().await;
    });
}

#[test]
fn what_comes_while_no_host_can_be_used_waits_with_the_reason_and_loses_no_attempt() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        drop(taken);
        let toml = format!("[route.\"one.example\"]\nhosts = [\"{address}\"]\n");
        let gate = Gate::start(&toml, &authority);
        let queue = &gate.shared.queue;
        put(queue, &["a@one.example"], &message(1, 1_000)).await;
        gate.until(|log| log.contains("Delayed: ")).await;
        put(queue, &["b@one.example"], &message(2, 1_000)).await;
        let log = gate.until(|log| log.matches("Delayed: ").count() == 2).await;
        assert!(log.contains(" - 4.4.1 - no connection: "), "{log}");
        assert!(log.contains("to RID [0] - 4.4.1 - delivery temporarily suspended: no connection: "), "{log}");
        let attempts = || {
            let listed = queue.view().list(&Selection::all(), Mid(0), 10).unwrap();
            listed.iter().map(|listed| listed.recipients[0].waiting.attempts).collect::<Vec<_>>()
        };
        assert_eq!(attempts(), [1, 0]);
        assert_eq!(log.matches("Connection Error: ").count(), 1, "the host was tried for both");

        // A flush tries at once, whatever was so a moment ago: the host is there now.
        let host = Farm { listen: address.to_string(), ..Farm::good(&authority, &["one.example"]) }.start().await;
        assert_eq!(queue.administer_all(Deed::Flush, Selection::all()).await.unwrap().changed, 2);
        gate.until(|_| queue.stats().messages == 0).await;
        assert_eq!(host.messages().len(), 2);
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

/// A clock that fails whoever asks what time it is, but for the thread of the queue: as a fault of the program would.
struct Cursed {
    clock: clock::SystemClock,
    is_armed: AtomicBool,
}

impl Clock for Cursed {
    fn wall(&self) -> Moment {
        let is_queue = std::thread::current().name() == Some("queue");
        assert!(is_queue || !self.is_armed.load(Ordering::SeqCst), "a fault for a test");
        self.clock.wall()
    }

    fn steady(&self) -> Duration {
        self.clock.steady()
    }
}

#[test]
fn a_fault_ends_one_delivery_holds_its_message_and_leaves_room_for_the_others() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let refusing = Farm { failures: &[Failure::Rcpt550], ..Farm::good(&authority, &["one.example"]) }.start().await;
        let good = Farm::good(&authority, &["two.example"]).start().await;
        // One delivery at a time: if its place were not given back, there would never be another.
        let toml =
            format!("{}{}[limits]\ndeliveries = 1\n", route("one.example", &refusing), route("two.example", &good));
        let spool = Spool::new();
        let clock = Arc::new(Cursed { clock: clock::SystemClock::new(), is_armed: AtomicBool::new(true) });
        let (queue, _) = Queue::open(&spool.path(), clock.clone(), MailLog::nowhere()).unwrap();
        let gate = Gate::with(&toml, &authority, spool, queue);
        let queue = &gate.shared.queue;
        // Its report is to have a date.
        let mid = put(queue, &["a@one.example"], &message(1, 1_000)).await;
        gate.until(|log| log.contains(&format!("MID {mid} is held: a fault of this program ended its delivery"))).await;
        put(queue, &["b@two.example"], &message(2, 1_000)).await;
        gate.until(|_| queue.stats().messages == 1).await;
        assert_eq!(good.messages().len(), 1);
        let held = queue.view().message(mid).unwrap().unwrap();
        assert!(held.recipients[0].held);
        // Without the fault it is as any other.
        clock.is_armed.store(false, Ordering::SeqCst);
        queue.administer_all(Deed::Release, Selection::all()).await.unwrap();
        gate.until(|log| log.contains(&format!("Message finished MID {mid} done"))).await;
        gate.stop().await;
    });
}

/// S4 over a restart: which hosts did TLS stands beside the queue when the engine has ended.
#[test]
fn hosts_that_did_tls_are_remembered_for_the_next_start() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let host = Farm::good(&authority, &["one.example"]).start().await;
        let gate =
            Gate::start(&format!("{}[destination]\ntls = \"preferred\"\n", route("one.example", &host)), &authority);
        put(&gate.shared.queue, &["a@one.example"], &message(1, 500)).await;
        gate.until(|_| gate.shared.queue.stats().messages == 0).await;
        let Gate { shared, stop, running, spool, .. } = gate;
        stop.send_replace(true);
        running.await.unwrap();
        let directory = sealpost::sys::files::Directory::open(&spool.path()).unwrap();
        let memory = sealpost::deliver::connection::TlsMemory::load(&directory, clock::now());
        assert!(memory.lost(host.address, clock::now()).is_some(), "it was forgotten");
        shared.queue.close().await;
    });
}
