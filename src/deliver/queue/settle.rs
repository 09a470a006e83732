//! What follows from the results of a job: recipients are done, wait, or are given up, and their sender is told. All of it is
//! written in one transaction, so that no crash comes between a failure and its report.

use std::io::Read;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::deliver::envelope::{Address, Envelope, ReversePath};
use crate::deliver::log_line::{Details, Event};
use crate::deliver::numbers::{Icid, Mid, Rid};
use crate::deliver::report::{Action, RETURN_LIMIT, Report, Returned};
use crate::deliver::schedule::{self, Next};
use crate::deliver::status_code::StatusCode;
use crate::model::configuration::BounceProfile;
use crate::model::host_name::HostName;

use super::body::{Body, Stored};
use super::job::{Job, Settlement, Trouble, Waiting};
use super::order::{Change, Order, Settling};
use super::store::State;
use super::time::QueueTime;
use super::{Queue, RETRY};

/// How failures are dealt with: by the destination's bounce profile, in the name of a host.
#[derive(Debug, Clone)]
pub struct Terms {
    pub profile: BounceProfile,
    /// Who reports (RFC 3464 section 2.2.2).
    pub reporting_mta: HostName,
}

/// What a settlement led to, for the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// Recipients that wait, and how long.
    pub waiting: Vec<(Rid, Duration)>,
    /// Recipients that were given up, with the reason in class 5.
    pub failed: Vec<(Rid, Trouble)>,
    /// What their sender is told.
    pub reports: Vec<Reported>,
    /// Nothing is left to do for the message.
    pub finished: bool,
}

/// A report that was queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub mid: Mid,
    pub action: Action,
    pub to: Address,
    pub recipients: Vec<Rid>,
}

impl Settled {
    /// What follows for the log when the results themselves have been logged: reports about the message `of`, and its end.
    pub fn events(&self, of: Mid) -> Vec<Event> {
        // No connection brought it.
        let icid = Icid(0);
        let mut events = Vec::new();
        for Reported { mid, action, to, .. } in &self.reports {
            let (mid, sender, recipient) = (*mid, String::new(), to.to_string());
            events.push(Event::Start { mid, icid });
            events.push(Event::Generated { mid, of, action: action.word().into() });
            events.push(Event::From { mid, icid, sender, details: Details::new() });
            events.push(Event::To { mid, icid, rid: Rid(0), recipient });
            events.push(Event::Queued { mid });
        }
        events.extend(self.finished.then_some(Event::Finished { mid: of }));
        events
    }
}

/// When a result came, how old the message was, and what holds for it.
#[derive(Clone, Copy)]
struct At<'a> {
    now: QueueTime,
    age: Duration,
    profile: &'a BounceProfile,
}

/// What follows for one recipient.
struct Verdict {
    change: Change,
    /// What the sender is told, if it wants to know.
    report: Option<(Action, Trouble)>,
}

impl Queue {
    /// Says what became of each recipient of a job. When it returns, that is on stable storage, together with the reports that
    /// follow from it; while the disk takes nothing it waits. Recipients without a settlement are due again at once.
    pub async fn settle(&self, job: Job, settlements: Vec<(Rid, Settlement)>, terms: &Terms) -> Settled {
        let now = self.shared.timeline.now();
        let age = now.since(job.message.since);
        let mut settled = Settled::default();
        let verdicts: Vec<Verdict> = job
            .recipients
            .iter()
            .map(|waiting| {
                let settlement = settlements.iter().find(|(rid, _)| *rid == waiting.rid);
                let moment = At { now, age, profile: &terms.profile };
                settled.verdict(&job, waiting, settlement.map(|(_, settlement)| settlement), moment)
            })
            .collect();
        let reports = self.reports(&job, &verdicts, age, terms, &mut settled).await;
        let changes = job.recipients.iter().zip(verdicts).map(|(waiting, verdict)| (waiting.rid, verdict.change));
        let settling = Box::new(Settling {
            number: job.ticket.number,
            message: job.message.clone(),
            changes: changes.collect(),
            reports,
        });
        // The ticket stays open until the answer: a job whose result was not written is due again.
        settled.finished = self.order(|answer| Order::Settle { settling, answer }).await.unwrap_or(false);
        drop(job);
        settled
    }

    /// Writes the reports that the verdicts ask for, one for each action.
    async fn reports(
        &self,
        job: &Job,
        verdicts: &[Verdict],
        age: Duration,
        terms: &Terms,
        settled: &mut Settled,
    ) -> Vec<(Envelope, Body)> {
        let ReversePath::Address(sender) = &job.message.sender else { return Vec::new() };
        if verdicts.iter().all(|verdict| verdict.report.is_none()) {
            return Vec::new();
        }
        let returned = self.returned(job).await;
        let now = self.shared.timeline.wall();
        let mut reports = Vec::new();
        for action in [Action::Failed, Action::Delayed, Action::Relayed] {
            let recipients = job.recipients.iter().zip(verdicts).filter_map(|(waiting, verdict)| {
                let (_, why) = verdict.report.as_ref().filter(|(of, _)| *of == action)?;
                Some((waiting, why.clone()))
            });
            let recipients: Vec<(&Waiting, Trouble)> = recipients.collect();
            if recipients.is_empty() {
                continue;
            }
            let rids = recipients.iter().map(|(waiting, _)| waiting.rid).collect();
            let until = (action == Action::Delayed).then(|| now + terms.profile.longest_in_queue.saturating_sub(age));
            let (message, reporting_mta) = (&*job.message, &terms.reporting_mta);
            let returned = returned.clone();
            let report = Report { action, message, recipients, returned, reporting_mta, now, age, until };
            let mid = self.next_mid().await;
            let Some((envelope, bytes)) = report.write(mid) else { continue };
            reports.push((envelope, self.body_of(mid, &bytes).await));
            settled.reports.push(Reported { mid, action, to: sender.clone(), recipients: rids });
        }
        reports
    }

    /// What a report returns; nothing when the message cannot be read.
    async fn returned(&self, job: &Job) -> Returned {
        let message = &job.message;
        let bytes = match self.read(job).await {
            Ok(Stored::Memory(bytes)) => bytes.to_vec(),
            Ok(Stored::File { file, .. }) => {
                let read = move || {
                    let mut bytes = Vec::new();
                    file.take(RETURN_LIMIT).read_to_end(&mut bytes).map(|_| bytes)
                };
                spawn_blocking(read).await.ok().and_then(Result::ok).unwrap_or_default()
            }
            Err(_) => Vec::new(),
        };
        Returned::of(&bytes, message.size, message.ret, message.smtputf8)
    }

    /// A MID, however long the disk takes to reserve one.
    async fn next_mid(&self) -> Mid {
        loop {
            match self.numbers().mid() {
                Ok(mid) => return mid,
                Err(_) => sleep(RETRY).await,
            }
        }
    }

    /// A body in the queue's keeping, however long the disk takes.
    async fn body_of(&self, mid: Mid, bytes: &[u8]) -> Body {
        loop {
            let mut writer = self.body(mid);
            if writer.write(bytes).await.is_ok()
                && let Ok(body) = writer.finish().await
            {
                return body;
            }
            sleep(RETRY).await;
        }
    }
}

impl Settled {
    fn verdict(&mut self, job: &Job, waiting: &Waiting, settlement: Option<&Settlement>, at: At<'_>) -> Verdict {
        let (attempts, warned, trouble) = (waiting.attempts, waiting.warned, waiting.trouble.clone());
        let same = State { attempts, tried: None, warned, trouble };
        match settlement {
            None => Verdict { change: Change::Wait(Duration::ZERO, same), report: None },
            Some(Settlement::Postponed(wait)) if at.age < at.profile.longest_in_queue => {
                Verdict { change: Change::Wait(*wait, same), report: None }
            }
            Some(Settlement::Postponed(_)) => {
                let trouble = waiting.trouble.clone().unwrap_or_else(never_tried);
                self.give_up(waiting, trouble)
            }
            Some(Settlement::Delivered { remote_mta, reply, dsn }) => {
                let handed = || Trouble {
                    status: StatusCode::new(2, 0, 0),
                    sentence: String::new(),
                    remote_mta: Some(remote_mta.clone()),
                    reply: Some(reply.clone()),
                };
                let told = !dsn && Action::Relayed.is_wanted(&waiting.recipient);
                Verdict { change: Change::Done, report: told.then(|| (Action::Relayed, handed())) }
            }
            Some(Settlement::Failed(trouble)) => self.give_up(waiting, trouble.clone()),
            Some(Settlement::Deferred(trouble)) => {
                let attempts = attempts.saturating_add(1);
                // Recipients that failed together come back together.
                match schedule::next(at.profile, attempts, at.age, job.message.mid.0) {
                    Next::Wait(wait) => {
                        self.defer(waiting, State { attempts, tried: Some(at.now), ..same }, trouble, wait, at)
                    }
                    Next::Over(_) => self.give_up(waiting, trouble.clone()),
                }
            }
            Some(Settlement::Suspended(trouble)) => match schedule::untried(at.profile, at.age, job.message.mid.0) {
                Next::Wait(wait) => self.defer(waiting, same, trouble, wait, at),
                // No profile is as short as a suspension: the hosts were tried since the message came, to the last.
                Next::Over(_) => self.give_up(waiting, trouble.clone()),
            },
        }
    }

    fn defer(&mut self, waiting: &Waiting, state: State, trouble: &Trouble, wait: Duration, at: At<'_>) -> Verdict {
        self.waiting.push((waiting.rid, wait));
        let late = at.profile.delay_warning.is_some_and(|warning| at.age >= warning);
        let warn = late && !waiting.warned && Action::Delayed.is_wanted(&waiting.recipient);
        let state = State { warned: waiting.warned || warn, trouble: Some(trouble.clone()), ..state };
        Verdict { change: Change::Wait(wait, state), report: warn.then(|| (Action::Delayed, trouble.clone())) }
    }

    /// A deferral that is over has become permanent: the class-5 twin of its code.
    fn give_up(&mut self, waiting: &Waiting, trouble: Trouble) -> Verdict {
        let trouble = Trouble { status: trouble.status.permanent(), ..trouble };
        self.failed.push((waiting.rid, trouble.clone()));
        let told = Action::Failed.is_wanted(&waiting.recipient);
        Verdict { change: Change::Done, report: told.then_some((Action::Failed, trouble)) }
    }
}

/// Limits of ours kept the message from being tried at all (RFC 3463: delivery time expired).
fn never_tried() -> Trouble {
    Trouble {
        status: StatusCode::new(4, 4, 7),
        sentence: "there was no chance to try it in time".into(),
        remote_mta: None,
        reply: None,
    }
}
