//! Alerts about required TLS that was not reached: at once for each destination and cause, again after a while that grows, and anew
//! after a success.
//!
//! They do not use the queue or destination controls, which may be what is wrong: an alert is looked up and sent by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::format_description::well_known::Rfc2822;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::attempt::{Attempt, Entered, Limits};
use super::connection::{Desk, Failure, TlsMemory};
use super::dialogue::Patience;
use super::engine::Shared;
use super::envelope::{Address, BodyType, MailDomain, Recipient, ReversePath};
use super::log_line::{Details, Event, Level};
use super::mail_log::MailLog;
use super::numbers::{Mid, Rid};
use super::outcome::{Cause, Outcome, Reason};
use super::parcel::{Label, Parcel};
use super::policy::{Planned, Policy};
use super::pool::Pool;
use super::queue::{QueueError, Selection, Stored};
use crate::model::configuration::{Configuration, DeliveryTls, Word};
use crate::model::moment::{Moment, plural};
use crate::sys::clock;
use crate::sys::library_error;

/// The first repetition, and the longest wait between two.
const FIRST: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(3600);
/// Messages that an alert names; the others are counted.
const NAMED: usize = 20;
/// Destinations and causes that are remembered; further ones raise no alert until some have succeeded.
const ROOM: usize = 10_000;
/// Alerts that wait to be sent; further ones are in the log alone.
const WAITING: usize = 64;

/// Required TLS was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFailure {
    pub domain: MailDomain,
    pub setting: DeliveryTls,
    pub host: String,
    pub address: String,
    pub reason: Reason,
    pub mid: Mid,
}

/// An alert that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub failure: TlsFailure,
    pub repeat: Duration,
}

/// What was told, and when it is told again.
#[derive(Debug)]
pub struct Alerts {
    told: Mutex<HashMap<(MailDomain, Cause), Told>>,
    sender: mpsc::Sender<Alert>,
    due: Mutex<Option<mpsc::Receiver<Alert>>>,
}

#[derive(Debug)]
struct Told {
    next: Instant,
    wait: Duration,
}

impl Default for Alerts {
    fn default() -> Alerts {
        let (sender, due) = mpsc::channel(WAITING);
        Alerts { told: Mutex::default(), sender, due: Mutex::new(Some(due)) }
    }
}

impl TlsFailure {
    pub fn of(planned: &Planned, failure: &Failure, mid: Mid) -> TlsFailure {
        TlsFailure {
            domain: planned.destination().clone(),
            setting: planned.tls().setting,
            host: failure.peer.host.to_string(),
            address: failure.peer.socket.to_string(),
            reason: failure.reason.clone(),
            mid,
        }
    }
}

impl Alerts {
    /// The alerts that are to be sent; for whoever asks first.
    pub fn due(&self) -> Option<mpsc::Receiver<Alert>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Required TLS was not reached. Logged and sent when it is news, or time to repeat it.
    pub fn failed(&self, wanted: bool, failure: TlsFailure, log: &MailLog) {
        let Some(alert) = wanted.then(|| self.news(failure, Instant::now())).flatten() else { return };
        let details = Details::new()
            .with("domain", &alert.failure.domain)
            .with("code", alert.failure.reason.code())
            .with("host", &alert.failure.host)
            .with("mid", alert.failure.mid);
        let text = format!("alert: required TLS to {} failed: {}", alert.failure.domain, alert.failure.reason);
        log.say(Event::Engine { level: Level::Warning, text, details });
        if self.sender.try_send(alert).is_err() {
            log.say(Event::engine(Level::Warning, "the alert was not sent: too many others wait"));
        }
    }

    fn news(&self, failure: TlsFailure, now: Instant) -> Option<Alert> {
        let mut all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (failure.domain.clone(), failure.reason.cause());
        if all.len() >= ROOM && !all.contains_key(&key) {
            return None;
        }
        let told = all.entry(key).or_insert(Told { next: now, wait: FIRST });
        if now < told.next {
            return None;
        }
        let repeat = told.wait;
        (told.next, told.wait) = (now + repeat, (repeat * 2).min(LONGEST));
        Some(Alert { failure, repeat })
    }

    /// A delivery succeeded: what fails next is news.
    pub fn reached(&self, domain: &MailDomain) {
        let mut all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.is_empty() {
            all.retain(|(known, _), _| known != domain);
        }
    }
}

/// Sends alerts as they come, one after the other.
pub async fn send(shared: Arc<Shared>, due: Option<mpsc::Receiver<Alert>>) {
    let Some(mut due) = due else { return };
    while let Some(alert) = due.recv().await {
        let policy = Policy::for_alerts(shared.in_use());
        let configuration = policy.in_use().live.configuration();
        let waiting = waiting(&shared, &alert.failure).await;
        for to in &configuration.alerts.to {
            let sent = send_one(&shared, &policy, &alert, &waiting, to).await;
            if let Err(why) = sent {
                let details = Details::new().with("to", to).with("reason", why);
                let text = "the alert could not be sent".to_owned();
                shared.log.say(Event::Engine { level: Level::Warning, text, details });
            }
        }
    }
}

/// The messages that wait for the domain, as an alert names them. At the first failure most of them have not been tried.
async fn waiting(shared: &Shared, failure: &TlsFailure) -> String {
    let (view, which) = (shared.queue.view().clone(), Selection::domain(failure.domain.clone()));
    let look = move || Ok::<_, QueueError>((view.list(&which, Mid(0), NAMED)?, view.total(&which)?.messages));
    let (listed, count) = match tokio::task::spawn_blocking(look).await {
        Ok(Ok(seen)) => seen,
        _ => (Vec::new(), 0),
    };
    let mut mids: Vec<Mid> = listed.iter().map(|listed| listed.message.mid).collect();
    // It may have been bounced or removed meanwhile, and it is why the alert is sent.
    if mids.is_empty() {
        mids.push(failure.mid);
    }
    list(&mids, count)
}

async fn send_one(shared: &Shared, policy: &Policy, alert: &Alert, waiting: &str, to: &str) -> Result<(), String> {
    let configuration = policy.in_use().live.configuration();
    let address: Address = to.parse().map_err(|error| format!("{error}"))?;
    let planned = policy.plan(address.domain()).await.map_err(|reason| reason.to_string())?;
    let host = hostname(configuration);
    let from = configuration.alerts.from.clone().unwrap_or_else(|| format!("alerts@{host}"));
    let mid = shared.queue.numbers().mid().map_err(|error| error.to_string())?;
    let text = alert.message(waiting, &host, &from, to, mid, clock::now());
    let label = Label {
        mid,
        sender: from.parse().map(ReversePath::Address).unwrap_or(ReversePath::Null),
        recipients: vec![(Rid(0), Recipient::plain(address))],
        ret: None,
        envid: None,
        body: BodyType::SevenBit,
    };
    let parcel = Parcel::new(label, Stored::Memory(text.into_bytes().into()))
        .await
        .map_err(|error| library_error::io(&error))?;
    let say = |event| shared.log.say(event);
    let number = || shared.queue.numbers().dcid().ok();
    let (memory, pool) = (TlsMemory::default(), Pool::default());
    let desk = Desk { say: &say, number: &number, memory: &memory, patience: Patience::default(), transcript: false };
    let attempted = Attempt::new(&planned, &parcel, &pool, &desk, &Unlimited).run().await;
    for connection in pool.drain() {
        connection.quit().await;
    }
    match attempted.ended.into_iter().next().map(|(_, ended)| ended.outcome) {
        Some(Outcome::Deferred(reason) | Outcome::Failed(reason)) => Err(reason.to_string()),
        _ => Ok(()),
    }
}

/// Alerts are few.
struct Unlimited;

impl Limits for Unlimited {
    fn enter(&self, _: &Planned, _: std::net::SocketAddr, recipients: usize) -> Result<Entered, Duration> {
        Ok(Entered { recipients, wait: Duration::ZERO, place: None })
    }
}

/// Who speaks: the system's name, or that of the delivery interface.
fn hostname(configuration: &Configuration) -> String {
    let interface = configuration.delivery_interface().map(|interface| &interface.hostname);
    configuration.system.hostname.as_ref().or(interface).map_or_else(|| "localhost".into(), ToString::to_string)
}

impl Alert {
    /// The message, header and all; `waiting` is what waits for the domain.
    pub fn message(&self, waiting: &str, host: &str, from: &str, to: &str, mid: Mid, now: Moment) -> String {
        let TlsFailure { domain, setting, host: mail_host, address, reason, .. } = &self.failure;
        let date = now.format(&Rfc2822).unwrap_or_default();
        let subject = clean(&format!("[Warning]-[{host}]: ([System]) Required TLS to {domain} failed: {reason}"));
        let header = format!(
            "From: <{from}>\nTo: <{to}>\nSubject: {}\nDate: {date}\nMessage-ID: <alert-{mid}-{}@{host}>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n",
            shortened(&subject),
            now.unix_timestamp(),
        );
        let body = include_str!("../../templates/alert-tls-required.txt")
            .replace("{domain}", &domain.to_string())
            .replace("{setting}", setting.word())
            .replace("{host}", &clean(mail_host))
            .replace("{address}", address)
            .replace("{code}", reason.code())
            .replace("{result}", &reason.result().map(|result| result.to_string()).unwrap_or_default())
            .replace("{messages}", waiting)
            .replace("{repeat}", &plural(self.repeat.as_secs() / 60, "minute"))
            // Last: what stands in it is not ours to fill in.
            .replace("{reason}", &clean(&reason.to_string()));
        (header + &body).replace('\n', "\r\n")
    }
}

/// `MID 1, MID 2 and 3 more`; `count` are there in all.
fn list(mids: &[Mid], count: u64) -> String {
    let named: Vec<String> = mids.iter().map(|mid| format!("MID {mid}")).collect();
    let more = count.saturating_sub(mids.len() as u64);
    named.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// What a peer said, without what would begin a header line; ASCII, so that a subject needs no encoding.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || !c.is_ascii() { '?' } else { c }).collect()
}

fn shortened(text: &str) -> String {
    if text.len() <= 400 { text.to_owned() } else { format!("{}...", text.get(..397).unwrap_or_default()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(domain: &str, reason: Reason, mid: u64) -> TlsFailure {
        TlsFailure {
            domain: domain.parse().unwrap(),
            setting: DeliveryTls::RequiredVerify,
            host: "mx1.example.net".into(),
            address: "192.0.2.1:25".into(),
            reason,
            mid: Mid(mid),
        }
    }

    #[test]
    fn an_alert_comes_at_once_then_less_and_less_often_and_anew_after_a_success() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (alerts, start) = (Alerts::default(), Instant::now());
            let told = |mid, after| {
                let failure = failure("example.net", Reason::StartTlsNotOffered, mid);
                alerts
                    .news(failure, start + Duration::from_secs(after))
                    .map(|alert| (alert.failure.mid, alert.repeat.as_secs()))
            };
            assert_eq!(told(1, 0), Some((Mid(1), 300)));
            assert_eq!(told(2, 299), None);
            assert_eq!(told(3, 300), Some((Mid(3), 600)));
            let mut waits = Vec::new();
            for after in (301..40_000).step_by(10) {
                waits.extend(told(4, after).map(|(_, wait)| wait));
            }
            assert_eq!(waits[..3], [1200, 2400, 3600]);
            let other = failure("example.net", Reason::StartTlsOnGreetingLine, 5);
            assert!(alerts.news(other, start).is_some(), "another cause is news");
            alerts.reached(&"example.net".parse().unwrap());
            assert_eq!(told(6, 40_000), Some((Mid(6), 300)));
        });
    }

    #[test]
    fn messages_are_named_and_further_ones_are_counted() {
        let mids = [Mid(1), Mid(2)];
        assert_eq!((list(&mids, 2).as_str(), list(&mids, 0).as_str()), ("MID 1, MID 2", "MID 1, MID 2"));
        assert_eq!(list(&mids, 5), "MID 1, MID 2 and 3 more");
    }

    #[test]
    fn the_message_names_what_an_administrator_needs() {
        let reason = Reason::StartTlsRefused(super::super::dialogue::Reply {
            code: 454,
            lines: vec!["4.7.0 not\r\nBcc: evil@example.com {repeat}".into()],
        });
        let alert = Alert { failure: failure("example.net", reason, 9), repeat: FIRST };
        let text = alert.message(
            "MID 9, MID 12",
            "gw.example",
            "alerts@gw.example",
            "admin@example.org",
            Mid(1),
            Moment::UNIX_EPOCH,
        );
        for part in [
            "Subject: [Warning]-[gw.example]: ([System]) Required TLS to example.net failed: the peer offers",
            "mail host:   mx1.example.net",
            "tls/starttls-refused (starttls-not-supported)",
            "messages:    MID 9, MID 12\r\n",
            "repeated in 5 minutes",
            "required-verify",
            "{repeat}",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']) && !text.contains("\r\nBcc"), "{text}");
    }
}
