//! The messages of one `send`, several at a time, and the numbers about them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use time::format_description::well_known::Rfc2822;

use crate::deliver::attempt::{Attempt, Attempted, Entered, Limits};
use crate::deliver::connection::{Desk, TlsMemory};
use crate::deliver::dialogue::Patience;
use crate::deliver::engine::InUse;
use crate::deliver::envelope::{Address, BodyType, Recipient, ReversePath};
use crate::deliver::log_line::{Event, LogLine};
use crate::deliver::numbers::{Dcid, Mid, Rid};
use crate::deliver::outcome::{Ended, Outcome, Reason};
use crate::deliver::parcel::{Label, Parcel};
use crate::deliver::policy::{Planned, Policy};
use crate::deliver::pool::Pool;
use crate::deliver::queue::Stored;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fingerprint::hex;
use crate::model::moment::Moment;
use crate::sys::clock;

use super::{Latency, SendOrder, Sent, SentTo, setting_word};

/// Lines of the log that are kept of one message.
const LINES: usize = 200;
/// Messages whose latency and hash are kept; of more, the first ones.
const KEPT: usize = 2_000_000;

/// What all senders share.
struct Load {
    order: SendOrder,
    to: Vec<Address>,
    sender: ReversePath,
    policy: Policy,
    message: Option<Arc<[u8]>>,
    now: Moment,
    pool: Pool,
    memory: TlsMemory,
    next: AtomicU64,
    dcid: AtomicU64,
    sums: Mutex<Sums>,
}

#[derive(Default)]
struct Sums {
    delivered: u64,
    deferred: u64,
    failed: u64,
    over_tls: u64,
    verified: u64,
    octets: u64,
    latencies: Vec<f32>,
    hashes: Vec<[u8; 32]>,
    /// The message that is told about: the first, until one was not delivered.
    told: Option<(bool, Vec<SentTo>, Vec<String>)>,
}

pub(super) async fn run(
    order: &SendOrder,
    to: Vec<Address>,
    in_use: Arc<InUse>,
    message: Option<Vec<u8>>,
    now: Moment,
) -> Result<Sent, Diagnostics> {
    let sender: ReversePath = order.from.parse().map_err(|error| {
        Diagnostic::error("send/address", format!("`{}` is no mail address", order.from)).fact(format!("{error}"))
    })?;
    let load = Arc::new(Load {
        order: order.clone(),
        to,
        sender,
        policy: Policy::new(in_use),
        message: message.map(Arc::from),
        now,
        pool: Pool::default(),
        memory: TlsMemory::default(),
        next: AtomicU64::new(0),
        dcid: AtomicU64::new(0),
        sums: Mutex::default(),
    });
    let began = Instant::now();
    let senders = u64::from(order.concurrency).min(order.repeat);
    let tasks: Vec<_> = (0..senders).map(|_| tokio::spawn(load.clone().sender())).collect();
    for task in tasks {
        // A task that panicked has counted nothing.
        let _ = task.await;
    }
    let seconds = began.elapsed().as_secs_f64();
    for connection in load.pool.drain() {
        connection.quit().await;
    }
    Ok(load.sent(seconds))
}

impl Load {
    async fn sender(self: Arc<Self>) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.order.repeat {
                return;
            }
            self.one(number).await;
        }
    }

    async fn one(&self, number: u64) {
        let bytes = self.message.clone().unwrap_or_else(|| self.made(number));
        let lines = Mutex::new(Vec::new());
        let say = |event: Event| {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() < LINES && (number == 0 || self.order.repeat <= 10) {
                lines.push(LogLine { time: clock::now(), event });
            }
        };
        let began = Instant::now();
        let attempted = self.attempt(number, bytes.clone(), &say).await;
        let took = began.elapsed();
        let lines = lines.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.count(&bytes, took, &attempted, lines);
    }

    async fn attempt(&self, number: u64, bytes: Arc<[u8]>, say: &(dyn Fn(Event) + Send + Sync)) -> Vec<(Rid, Ended)> {
        let all = |reason: Reason| -> Vec<(Rid, Ended)> {
            (0..).map(Rid).take(self.to.len()).map(|rid| (rid, Ended::for_reason(reason.clone(), None))).collect()
        };
        let Some(first) = self.to.first() else { return Vec::new() };
        let planned = match self.policy.plan(first.domain()).await {
            Ok(planned) => planned,
            Err(reason) => return all(reason),
        };
        let label = Label {
            mid: Mid(number + 1),
            sender: self.sender.clone(),
            recipients: (0..).map(Rid).zip(self.to.iter().cloned().map(Recipient::plain)).collect(),
            ret: None,
            envid: None,
            body: BodyType::SevenBit,
        };
        let parcel = match Parcel::new(label, Stored::Memory(bytes)).await {
            Ok(parcel) => parcel,
            Err(error) => return all(Reason::Unreadable { detail: error.to_string() }),
        };
        let dcid = || Some(Dcid(self.dcid.fetch_add(1, Ordering::Relaxed) + 1));
        let desk = Desk { say, number: &dcid, memory: &self.memory, patience: Patience::default(), transcript: false };
        let Attempted { ended, .. } = Attempt::new(&planned, &parcel, &self.pool, &desk, &Unlimited).run().await;
        ended
    }

    /// A message of the wanted size, different from every other.
    fn made(&self, number: u64) -> Arc<[u8]> {
        let date = self.now.format(&Rfc2822).unwrap_or_default();
        let (from, to) = (&self.sender, self.to.first().map(ToString::to_string).unwrap_or_default());
        let (process, seconds) = (std::process::id(), self.now.unix_timestamp());
        let mut text = format!(
            "From: <{from}>\r\nTo: <{to}>\r\nSubject: test message {number} of sealpost send\r\nDate: {date}\r\nMessage-ID: <{number}.{process}.{seconds}@{}>\r\n\r\n",
            self.order.hello
        );
        while text.len() + 2 < self.order.size {
            let room = (self.order.size - text.len() - 2).min(70);
            text.push_str(&"0123456789".repeat(7)[..room]);
            text.push_str("\r\n");
        }
        Arc::from(text.into_bytes())
    }

    fn count(&self, bytes: &[u8], took: Duration, ended: &[(Rid, Ended)], lines: Vec<LogLine>) {
        let is = |wanted: fn(&Outcome) -> bool| ended.iter().any(|(_, ended)| wanted(&ended.outcome));
        let failed = is(|outcome| matches!(outcome, Outcome::Failed(_)));
        let deferred =
            is(|outcome| matches!(outcome, Outcome::Deferred(_) | Outcome::Suspended(_) | Outcome::Postponed(_)));
        let security = ended.iter().find_map(|(_, ended)| ended.via.as_ref()?.security.as_ref());
        let hash = digest(&SHA256, bytes);
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let delivered = !failed && !deferred;
        match (failed, deferred) {
            (true, _) => sums.failed += 1,
            (false, true) => sums.deferred += 1,
            (false, false) => {
                sums.delivered += 1;
                sums.octets += bytes.len() as u64;
                sums.over_tls += u64::from(security.is_some_and(|security| security.is_encrypted()));
                let verified = matches!(security, Some(crate::deliver::connection::Security::Verified { .. }));
                sums.verified += u64::from(verified);
                if sums.hashes.len() < KEPT {
                    sums.latencies.push(took.as_secs_f32() * 1e3);
                    sums.hashes.push(hash.as_ref().try_into().unwrap_or_default());
                }
            }
        }
        if sums.told.as_ref().is_none_or(|(good, ..)| *good && !delivered) {
            let recipients = self.to.iter().zip(ended).map(|(to, (_, ended))| SentTo::of(to, ended)).collect();
            let text = lines.iter().map(|line| {
                let mut text = String::new();
                line.text(&mut text);
                text.trim_end().to_owned()
            });
            sums.told = Some((delivered, recipients, text.collect()));
        }
    }

    fn sent(&self, seconds: f64) -> Sent {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sums = std::mem::take(&mut *sums);
        sums.latencies.sort_by(f32::total_cmp);
        sums.hashes.sort_unstable();
        let at = |part: f64| {
            let last = sums.latencies.len().saturating_sub(1);
            let index = ((last as f64) * part).round() as usize;
            sums.latencies.get(index).map_or(0.0, |latency| f64::from(*latency))
        };
        let latency = Latency { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1.0) };
        let (_, recipients, log) = sums.told.unwrap_or_default();
        Sent {
            setting: setting_word(self.order.tls),
            delivered: sums.delivered,
            deferred: sums.deferred,
            failed: sums.failed,
            over_tls: sums.over_tls,
            verified: sums.verified,
            connections: self.dcid.load(Ordering::Relaxed),
            octets: sums.octets,
            seconds,
            latency,
            sha256: hex(digest(&SHA256, &sums.hashes.concat()).as_ref()),
            recipients,
            log,
        }
    }
}

/// Whoever sends by hand knows how much.
struct Unlimited;

impl Limits for Unlimited {
    fn enter(&self, _: &Planned, _: std::net::SocketAddr, recipients: usize) -> Result<Entered, Duration> {
        Ok(Entered { recipients, wait: Duration::ZERO, place: None })
    }
}
