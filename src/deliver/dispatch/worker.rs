//! One job after the other for one destination: where to, an attempt, and what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::books::{ByAddress, Era, Place};
use super::{Dispatch, UnderWay};
use crate::deliver::alert::TlsFailure;
use crate::deliver::attempt::{Attempt, Attempted};
use crate::deliver::connection::Desk;
use crate::deliver::dialogue::Patience;
use crate::deliver::envelope::{MailDomain, ReversePath};
use crate::deliver::log_line::{Details, Event, Level};
use crate::deliver::numbers::{Dcid, Mid, Rid};
use crate::deliver::outcome::{Ended, Outcome, Reason, suspended};
use crate::deliver::parcel::{Label, Parcel};
use crate::deliver::policy::{Planned, Policy};
use crate::deliver::queue::{Deed, Job, Selection, Settled, Terms};
use crate::model::configuration::{BounceProfile, DestinationControls};
use crate::model::moment;
use crate::sys::clock;
use crate::sys::library_error;

/// Works off jobs of one destination while there are any, so that a connection is used again without a wait. However it ends, its
/// `place` among the jobs and that of its domain are free then.
pub(super) async fn run(dispatch: Arc<Dispatch>, job: Job, place: (Place, UnderWay)) {
    let mut next = Some(job);
    while let Some(job) = next {
        let (mid, domain) = (job.message.mid, job.domain.clone());
        if !survives(deliver(dispatch.clone(), job)).await {
            return set_aside(&dispatch, mid, place).await;
        }
        let policy = dispatch.policy();
        let welcome = dispatch.books.allowed(&domain, &policy.controls(&domain)).is_ok();
        next = match welcome && !dispatch.shared.is_stopping() {
            true => dispatch.shared.queue.claim_of(&domain, 1).await.into_iter().next(),
            false => None,
        };
    }
}

/// Runs a delivery in a task of its own, so that a fault of the program ends that delivery and nothing else. False after a fault.
async fn survives(delivery: impl Future<Output = ()> + Send + 'static) -> bool {
    // When this worker is aborted, so is the task.
    let mut task = JoinSet::new();
    task.spawn(delivery);
    task.join_next().await.is_none_or(|ended| !ended.is_err_and(|error| error.is_panic()))
}

/// A message on which the program failed would fail again at once, for ever: it is held, and an operator is told.
async fn set_aside(dispatch: &Dispatch, mid: Mid, place: (Place, UnderWay)) {
    let text = format!("MID {mid} is held: a fault of this program ended its delivery; please report it");
    dispatch.say(Event::engine(Level::Critical, text));
    let held = dispatch.shared.queue.administer_all(Deed::Hold, Selection::message(mid)).await;
    if let Err(error) = held {
        dispatch.say(Event::engine(Level::Critical, format!("MID {mid} cannot be held: {error}")));
    }
    drop(place);
}

async fn deliver(dispatch: Arc<Dispatch>, job: Job) {
    let dispatch = &*dispatch;
    let policy = dispatch.policy();
    let controls = policy.controls(&job.domain);
    let (granted, wait) = dispatch.books.recipients(&job.domain, &controls, job.recipients.len());
    let tried: Vec<Rid> = job.recipients.iter().take(granted).map(|waiting| waiting.rid).collect();
    let mut ended: Vec<(Rid, Ended)> = match tried.is_empty() {
        true => Vec::new(),
        false => attempt(dispatch, &policy, &job, &tried).await,
    };
    let rest = job.recipients.iter().skip(granted);
    ended.extend(rest.map(|waiting| (waiting.rid, Ended { outcome: Outcome::Postponed(wait), via: None })));
    settle(dispatch, &policy, &controls, job, ended).await;
}

/// The outcome for every recipient that is tried.
async fn attempt(dispatch: &Dispatch, policy: &Policy, job: &Job, tried: &[Rid]) -> Vec<(Rid, Ended)> {
    let all = |reason: Reason| tried.iter().map(|rid| (*rid, Ended::for_reason(reason.clone(), None))).collect();
    let era = dispatch.era(policy);
    if let Some(reason) = dispatch.books.suspended(&job.domain, era) {
        let ended = Ended { outcome: Outcome::Suspended(reason), via: None };
        return tried.iter().map(|rid| (*rid, ended.clone())).collect();
    }
    let planned = match policy.plan(&job.domain).await {
        Ok(planned) => planned,
        Err(reason) => return all(reason),
    };
    let parcel = match parcel(dispatch, policy, job, tried).await {
        Ok(parcel) => parcel,
        Err(detail) => return all(Reason::Unreadable { detail }),
    };
    let shared = &dispatch.shared;
    let say = |event| shared.log.say(event);
    let number = || shared.queue.numbers().dcid().ok();
    let handshake = policy.in_use().live.configuration().limits.handshake_timeout;
    let patience = Patience { handshake, ..Patience::default() };
    let desk = Desk { say: &say, number: &number, memory: &dispatch.memory, patience, transcript: false };
    let limits = ByAddress(dispatch.books.clone());
    let attempted = Attempt::new(&planned, &parcel, &dispatch.pool, &desk, &limits).run().await;
    learn(dispatch, &planned, job, &attempted, era);
    attempted.ended
}

async fn parcel(dispatch: &Dispatch, policy: &Policy, job: &Job, tried: &[Rid]) -> Result<Parcel, String> {
    let message = dispatch.shared.queue.read(job).await.map_err(|error| error.to_string())?;
    let wanted = job.recipients.iter().filter(|waiting| tried.contains(&waiting.rid));
    let label = Label {
        mid: job.message.mid,
        sender: tagged(policy, &job.domain, &job.message.sender),
        recipients: wanted.map(|waiting| (waiting.rid, waiting.recipient.clone())).collect(),
        ret: job.message.ret,
        envid: job.message.envid.clone(),
        body: job.message.body,
    };
    Parcel::new(label, message).await.map_err(|error| library_error::io(&error))
}

/// The sender as this destination sees it.
fn tagged(policy: &Policy, domain: &MailDomain, sender: &ReversePath) -> ReversePath {
    let ReversePath::Address(address) = sender else { return ReversePath::Null };
    let verifier = policy.in_use().bounces.as_ref().filter(|_| policy.controls(domain).bounce_verification);
    ReversePath::Address(verifier.map_or_else(|| address.clone(), |verifier| verifier.tag(address, clock::now())))
}

/// What later messages need to know, and people.
fn learn(dispatch: &Dispatch, planned: &Planned, job: &Job, attempted: &Attempted, era: Era) {
    let reached = attempted.ended.iter().any(|(_, ended)| {
        matches!(ended.outcome, Outcome::Delivered { .. })
            || ended.via.as_ref().is_some_and(|via| via.security.is_some())
    });
    let postponed = attempted.ended.iter().all(|(_, ended)| matches!(ended.outcome, Outcome::Postponed(_)));
    let deferred = attempted.ended.iter().find_map(|(_, ended)| match &ended.outcome {
        Outcome::Deferred(reason) => Some(reason.clone()),
        _ => None,
    });
    let concurrency = planned.controls().concurrency;
    match (reached, deferred) {
        (true, _) => {
            dispatch.books.learn(&job.domain, Ok(()), concurrency, era);
            dispatch.alerts.reached(&job.domain);
        }
        (false, Some(reason)) if !postponed => dispatch.books.learn(&job.domain, Err(reason), concurrency, era),
        _ => {}
    }
    let setting = planned.tls().setting;
    let failure = attempted.failures.iter().find(|failure| failure.reason.cause().is_tls());
    if let (true, false, Some(failure)) = (setting.requires(), reached, failure) {
        let wanted = planned.in_use().live.configuration().alerts.tls_required;
        let wanted = planned.controls().tls_alert.unwrap_or(wanted);
        dispatch.alerts.failed(wanted, TlsFailure::of(planned, failure, job.message.mid), &dispatch.shared.log);
    }
}

async fn settle(
    dispatch: &Dispatch,
    policy: &Policy,
    controls: &DestinationControls,
    job: Job,
    ended: Vec<(Rid, Ended)>,
) {
    let configuration = policy.in_use().live.configuration();
    let own = controls.bounce_profile.as_ref().and_then(|name| configuration.bounce_profiles.get(name));
    let profile = own.cloned().unwrap_or_else(BounceProfile::default);
    let (mid, domain) = (job.message.mid, job.domain.clone());
    let settlements = ended.iter().map(|(rid, ended)| (*rid, ended.settlement())).collect();
    // Without an interface there is no configuration that could be loaded.
    let Some(interface) = configuration.delivery_interface() else { return };
    let terms = Terms { profile, reporting_mta: interface.hostname.clone() };
    let settled = dispatch.shared.queue.settle(job, settlements, &terms).await;
    say_settled(dispatch, mid, &domain, &ended, &settled);
}

/// One line for each reason, not for each recipient.
fn say_settled(dispatch: &Dispatch, mid: Mid, domain: &MailDomain, ended: &[(Rid, Ended)], settled: &Settled) {
    let mut lines: BTreeMap<Undelivered, Vec<Rid>> = BTreeMap::new();
    for (rid, ended) in ended {
        let dcid = ended.via.as_ref().and_then(|via| via.dcid);
        let failed = settled.failed.iter().find(|(other, _)| other == rid).map(|(_, trouble)| trouble);
        let (reason, status, sentence) = match (&ended.outcome, failed) {
            (Outcome::Deferred(reason) | Outcome::Failed(reason), Some(trouble)) => {
                (reason, trouble.status.to_string(), trouble.sentence.clone())
            }
            (Outcome::Deferred(reason), None) => (reason, reason.status().to_string(), reason.to_string()),
            (Outcome::Suspended(reason), None) => (reason, reason.status().to_string(), suspended(reason)),
            _ => continue,
        };
        let wait = settled.waiting.iter().find(|(other, _)| other == rid).map(|(_, wait)| *wait);
        let line = Undelivered { bounced: failed.is_some(), status, sentence, cause: reason.code(), dcid, wait };
        lines.entry(line).or_default().push(*rid);
    }
    let now = clock::now();
    for (line, rids) in lines {
        let Undelivered { bounced, status: code, sentence: reason, cause, dcid, wait } = line;
        let details = Details::new().with("domain", domain).with("cause", cause);
        dispatch.say(match bounced {
            true => Event::Bounced { dcid, mid, rids, code, reason, details },
            false => {
                let details = details.with_some("next", wait.map(|wait| moment::rfc3339(now + wait)));
                Event::Delayed { dcid, mid, rids, code, reason, details }
            }
        });
    }
    settled.events(mid).into_iter().for_each(|event| dispatch.say(event));
}

/// What recipients have in common that one line tells of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Undelivered {
    bounced: bool,
    status: String,
    sentence: String,
    cause: &'static str,
    dcid: Option<Dcid>,
    /// Until the next attempt.
    wait: Option<Duration>,
}
