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
use super::log_line::{Connection, Event};

pub use server::MetricsServer;

/// `incoming` or `outgoing`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Agreed {
    direction: &'static str,
    protocol: &'static str,
    cipher: &'static str,
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
    tls_failures: Family<Way, Counter>,
    tls_required_failures: Counter,
    accepted: Counter,
    accepted_octets: Counter,
    aborted: Counter,
    refused: Counter,
    delivered: Counter,
    delayed: Counter,
    bounced: Counter,
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
                one(&self.tls.get_or_create(&Agreed { direction: way(connection), protocol, cipher }));
            }
            Event::TlsFailed { connection, .. } => {
                one(&self.tls_failures.get_or_create(&Way { direction: way(connection) }));
            }
            Event::TlsRequired { .. } => one(&self.tls_required_failures),
            Event::Ready { octets, .. } => {
                self.accepted_octets.inc_by(*octets);
            }
            Event::Queued { .. } => one(&self.accepted),
            Event::Aborted { .. } => one(&self.aborted),
            Event::ReceivingFailed { .. } | Event::Rejected { .. } => one(&self.refused),
            Event::DeliveryDone { rids, .. } => each(&self.delivered, rids.len()),
            Event::Delayed { rids, .. } => each(&self.delayed, rids.len()),
            Event::Bounced { rids, .. } => each(&self.bounced, rids.len()),
            _ => {}
        }
    }

    fn register(&self, registry: &mut Registry) {
        registry.register("connections", "Connections that were opened", self.connections.clone());
        registry.register("tls_handshakes", "Handshakes that ended well", self.tls.clone());
        registry.register("tls_failures", "Handshakes that failed", self.tls_failures.clone());
        let required = self.tls_required_failures.clone();
        registry.register("tls_required_failures", "Attempts that ended because TLS was required", required);
        registry.register("messages_accepted", "Messages that were answered 250", self.accepted.clone());
        registry.register("received_octets", "Octets of messages that arrived whole", self.accepted_octets.clone());
        registry.register("messages_aborted", "Transactions that ended without a message", self.aborted.clone());
        registry.register("refusals", "Commands, recipients and messages that were refused", self.refused.clone());
        registry.register("recipients_delivered", "Recipients that were delivered to", self.delivered.clone());
        registry.register("recipients_delayed", "Attempts that were put off, by recipient", self.delayed.clone());
        registry.register("recipients_bounced", "Recipients that were given up", self.bounced.clone());
        registry.register("log_lines_lost", "Lines that the mail log could not keep up with", self.lost_lines.clone());
    }
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
