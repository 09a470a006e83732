//! `send`: what the mail log would say, and the numbers.

use crate::app::send::{Sent, SentTo};
use crate::model::moment::plural;

use super::answer::{Answer, Exit};
use super::page::Page;

impl Answer for Sent {
    const SCHEMA: &'static str = "sealpost.send/1";

    fn page(&self, page: &mut Page) {
        self.log.iter().for_each(|line| page.line(line));
        self.recipients.iter().for_each(|recipient| page.say(&told(recipient)));
        let all = self.delivered + self.deferred + self.failed;
        if all == 1 {
            return;
        }
        page.say(&format!(
            "{} of {} delivered, {} over TLS, {} verified, over {} in {:.2} s ({:.0} per second)",
            self.delivered,
            plural(all, "message"),
            self.over_tls,
            self.verified,
            plural(self.connections, "connection"),
            self.seconds,
            self.delivered as f64 / self.seconds.max(1e-9),
        ));
        let latency = &self.latency;
        page.say(&format!(
            "latency in milliseconds: median {:.1}, 90 % {:.1}, 99 % {:.1}, longest {:.1}",
            latency.p50, latency.p90, latency.p99, latency.max
        ));
    }

    fn exit(&self) -> Exit {
        if self.is_complete() { Exit::Done } else { Exit::No }
    }
}

fn told(sent: &SentTo) -> String {
    let host = match (&sent.host, &sent.address) {
        (Some(host), Some(address)) => format!(" by {host} ({address})"),
        _ => String::new(),
    };
    if let Some(reason) = &sent.reason {
        let (status, code) = (sent.status.as_deref().unwrap_or_default(), sent.code.as_deref().unwrap_or_default());
        return format!("{}: {}{host}: {status} {reason} [{code}]", sent.recipient, sent.outcome);
    }
    let security = sent.security.as_ref();
    let protocol = security.and_then(|security| security.protocol);
    let how = protocol.map_or_else(|| "in clear text".to_owned(), |protocol| format!("over {protocol}"));
    let verified = match security.map(|security| (security.verified, &security.matched, &security.shortfall)) {
        Some((true, Some(matched), _)) => format!(", verified as {matched}"),
        Some((_, _, Some(shortfall))) if protocol.is_none() => format!(": {shortfall}"),
        Some((_, _, Some(shortfall))) => format!(", not verified: {shortfall}"),
        _ => String::new(),
    };
    format!("{}: {}{host} {how}{verified}", sent.recipient, sent.outcome)
}
