//! Numbers for monitoring, in Prometheus' text form. What can be counted is counted from the events of the mail log, so that the two
//! cannot disagree; what is a state is looked up when somebody asks.

mod server;

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::engine::Shared;
use super::log_line::{Connection, Details, Event, Word};
use super::numbers::Mid;
use super::outcome::known_code;
use super::queue::Selection;
use crate::sys::clock;

pub use server::MetricsServer;

/// `incoming` or `outgoing`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Agreed {
    direction: &'static str,
    protocol: Word,
    cipher: Word,
}

/// TLS that was wanted and not reached; `reason` is a code of the table of outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Missed {
    direction: &'static str,
    reason: &'static str,
}

/// How mail left: `tls` is the protocol or `none`; `verify` is `ok`, `hosted-ok`, `failed` or `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Left {
    tls: &'static str,
    verify: &'static str,
}

/// Why mail did not leave; `reason` is a code of the table of outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stayed {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Role {
    role: String,
    profile: String,
}

/// Counts since the engine began. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    connections: Family<Way, Counter>,
    tls: Family<Agreed, Counter>,
    tls_failures: Family<Missed, Counter>,
    tls_required_failures: Counter,
    accepted: Counter,
    accepted_octets: Counter,
    aborted: Counter,
    refused: Counter,
    downgrades: Counter,
    delivered: Family<Left, Counter>,
    delayed: Family<Stayed, Counter>,
    bounced: Family<Stayed, Counter>,
    reports: Counter,
    pub(super) lost_lines: Counter,
}

fn way(connection: &Connection) -> &'static str {
    match connection {
        Connection::Icid(_) => "incoming",
        Connection::Dcid(_) => "outgoing",
    }
}

impl Counts {
    pub(super) fn note(&self, event: &Event) {
        let one = |counter: &Counter| {
            counter.inc();
        };
        let each = |counter: &Counter, count: usize| {
            counter.inc_by(count as u64);
        };
        match event {
            Event::NewIncoming { .. } => one(&self.connections.get_or_create(&Way { direction: "incoming" })),
            Event::NewOutgoing { .. } => one(&self.connections.get_or_create(&Way { direction: "outgoing" })),
            Event::TlsSuccess { connection, protocol, cipher, .. } => {
                let (protocol, cipher) = (protocol.clone(), cipher.clone());
                one(&self.tls.get_or_create(&Agreed { direction: way(connection), protocol, cipher }));
            }
            Event::TlsFailed { connection, details, .. } => one(&self.missed(way(connection), details)),
            Event::TlsUnsupported { details, .. } => one(&self.missed("outgoing", details)),
            Event::Downgrade { .. } => one(&self.downgrades),
            Event::TlsRequired { .. } => one(&self.tls_required_failures),
            Event::Ready { octets, .. } => {
                self.accepted_octets.inc_by(*octets);
            }
            Event::Queued { .. } => one(&self.accepted),
            Event::Aborted { .. } => one(&self.aborted),
            Event::ReceivingFailed { .. } | Event::Rejected { .. } => one(&self.refused),
            Event::DeliveryDone { rids, details, .. } => {
                each(&self.delivered.get_or_create(&left(details)), rids.len())
            }
            Event::Delayed { rids, details, .. } => each(&self.delayed.get_or_create(&stayed(details)), rids.len()),
            Event::Bounced { rids, details, .. } => each(&self.bounced.get_or_create(&stayed(details)), rids.len()),
            Event::Generated { .. } => one(&self.reports),
            _ => {}
        }
    }

    fn missed(&self, direction: &'static str, details: &Details) -> impl std::ops::Deref<Target = Counter> + '_ {
        // Clients that fail tell no code.
        let reason = details.get("code").map_or("tls/handshake-failed", known_code);
        self.tls_failures.get_or_create(&Missed { direction, reason })
    }

    fn register(&self, registry: &mut Registry) {
        registry.register("connections", "Connections that were opened", self.connections.clone());
        registry.register("tls_handshakes", "Handshakes that ended well", self.tls.clone());
        registry.register("tls_failures", "TLS that was wanted and not reached, by reason", self.tls_failures.clone());
        let required = self.tls_required_failures.clone();
        registry.register("tls_required_failures", "Attempts that ended because TLS was required", required);
        registry.register("messages_accepted", "Messages that were answered 250", self.accepted.clone());
        registry.register("received_octets", "Octets of messages that arrived whole", self.accepted_octets.clone());
        registry.register("messages_aborted", "Transactions that ended without a message", self.aborted.clone());
        registry.register("refusals", "Commands, recipients and messages that were refused", self.refused.clone());
        let downgrades = self.downgrades.clone();
        registry.register("tls_downgrades", "Hosts that did TLS before and no longer offered it", downgrades);
        let delivered = self.delivered.clone();
        registry.register("recipients_delivered", "Recipients that were delivered to, by TLS", delivered);
        let delayed = self.delayed.clone();
        registry.register("recipients_delayed", "Attempts that were put off, by recipient and reason", delayed);
        let bounced = self.bounced.clone();
        registry.register("recipients_bounced", "Recipients that were given up, by reason", bounced);
        registry.register("reports_generated", "Bounces, delay warnings and confirmations", self.reports.clone());
        registry.register("log_lines_lost", "Lines that the mail log could not keep up with", self.lost_lines.clone());
    }
}

/// Only words of ours become labels, so that there are few of them.
fn left(details: &Details) -> Left {
    let word = |key: &str, words: &[&'static str]| {
        let value = details.get(key).unwrap_or("none");
        words.iter().copied().find(|word| *word == value).unwrap_or("other")
    };
    Left {
        tls: word("tls", &["none", "TLSv1.2", "TLSv1.3"]),
        verify: word("verify", &["none", "ok", "hosted-ok", "failed"]),
    }
}

fn stayed(details: &Details) -> Stayed {
    Stayed { reason: details.get("cause").map_or("other", known_code) }
}

/// Seconds since the message came that has waited longest; 0 when none waits.
fn oldest(shared: &Shared) -> u64 {
    let listed = shared.queue.view().list(&Selection::all(), Mid(0), 1).unwrap_or_default();
    let since = listed.first().map(|first| clock::now() - first.message.received.at);
    since.map_or(0, |age| u64::try_from(age.whole_seconds()).unwrap_or(0))
}

/// Everything there is to tell now.
fn text(shared: &Shared) -> String {
    let mut registry = Registry::with_prefix("sealpost");
    shared.log.counts().register(&mut registry);
    let mut state = |name: &str, help: &str, value: u64| {
        let gauge = Gauge::<u64, AtomicU64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    let in_use = shared.in_use();
    let queue = shared.queue.stats();
    state("revision", "The revision that new connections get", in_use.live.revision().into());
    state("incoming_connections", "Connections to listeners now", shared.crowd.count().into());
    state("queue_messages", "Messages in the queue", queue.messages);
    state("queue_recipients", "Recipients that wait", queue.recipients);
    state("queue_octets", "Octets of the messages in the queue", queue.bytes);
    state("queue_oldest_age_seconds", "How long the message waits that has waited longest", oldest(shared));
    let expiry = Family::<Role, Gauge>::default();
    for served in in_use.live.served() {
        let role = Role { role: served.role.clone(), profile: served.profile.clone() };
        expiry.get_or_create(&role).set(served.not_after);
    }
    registry.register("certificate_not_after_seconds", "When what a role presents expires, since 1970", expiry);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
    text
}
