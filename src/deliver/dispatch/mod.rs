//! Takes what is due from the queue, has it delivered, and tells the queue what became of it.
//!
//! ```text
//! books    how much a destination may get
//! worker   one job after the other for one destination: plan, attempt, settle
//! ```

mod books;
mod worker;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until};

use super::alert::Alerts;
use super::connection::TlsMemory;
use super::engine::Shared;
use super::log_line::Event;
use super::policy::Policy;
use super::pool::Pool;
use crate::sys::clock;
use crate::sys::race::{Race, race};
use books::{Books, Era};

const SAVED_EVERY: Duration = Duration::from_secs(600);
/// Jobs that are claimed at once.
const AT_ONCE: usize = 64;

/// What all deliveries share.
struct Dispatch {
    shared: Arc<Shared>,
    policy: Mutex<Arc<Policy>>,
    pool: Pool,
    memory: TlsMemory,
    books: Arc<Books>,
    alerts: Alerts,
    /// Jobs under way.
    active: AtomicUsize,
    ended: Notify,
}

/// A job that counts among those under way; gone when dropped, however its worker ends.
struct UnderWay(Arc<Dispatch>);

impl UnderWay {
    fn begin(dispatch: &Arc<Dispatch>) -> UnderWay {
        dispatch.active.fetch_add(1, Ordering::AcqRel);
        UnderWay(Arc::clone(dispatch))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::AcqRel);
        self.0.ended.notify_one();
    }
}

/// Delivers until the engine is to end, and then until every attempt under way has ended.
pub async fn run(shared: Arc<Shared>) {
    let dispatch = Arc::new(Dispatch {
        policy: Mutex::new(Arc::new(Policy::new(shared.in_use()))),
        pool: Pool::default(),
        memory: TlsMemory::load(shared.queue.directory(), clock::now()),
        books: Arc::default(),
        alerts: Alerts::default(),
        active: AtomicUsize::new(0),
        ended: Notify::new(),
        shared,
    });
    let mut workers = JoinSet::new();
    let keeper = tokio::spawn(expire(dispatch.clone()));
    let rememberer = tokio::spawn(remember(dispatch.clone()));
    let writer = tokio::spawn(super::alert::send(dispatch.shared.clone(), dispatch.alerts.due()));
    while !dispatch.shared.is_stopping() {
        let again = dispatch.hand_out(&mut workers).await;
        while workers.try_join_next().is_some() {}
        if let Some(again) = again {
            dispatch.wait(again).await;
        }
    }
    while workers.join_next().await.is_some() {}
    keeper.abort();
    rememberer.abort();
    save(&dispatch).await;
    writer.abort();
    for connection in dispatch.pool.drain() {
        close(&dispatch, connection).await;
    }
}

/// When to look again, if nothing happens before.
enum Again {
    Whenever,
    At(Instant),
}

impl Dispatch {
    /// Claims what may be tried now. `None` when there may be more.
    async fn hand_out(self: &Arc<Self>, workers: &mut JoinSet<()>) -> Option<Again> {
        let policy = self.policy();
        let limit = policy.in_use().live.configuration().limits.deliveries as usize;
        let room = limit.saturating_sub(self.active.load(Ordering::Acquire));
        if room == 0 {
            return Some(Again::Whenever);
        }
        let mut earliest: Option<Instant> = None;
        let allowed = |domain: &super::envelope::MailDomain| {
            let asked = self.books.allowed(domain, &policy.controls(domain));
            asked.unwrap_or_else(|later| {
                earliest = earliest.into_iter().chain([later]).min();
                0
            })
        };
        let jobs = self.shared.queue.claim(room.min(AT_ONCE), allowed).await;
        if jobs.is_empty() {
            return Some(earliest.map_or(Again::Whenever, Again::At));
        }
        for job in jobs {
            let place = (self.books.begin(&job.domain), UnderWay::begin(self));
            workers.spawn(worker::run(self.clone(), job, place));
        }
        None
    }

    /// Waits until something may be claimed again.
    async fn wait(&self, again: Again) {
        let news = race(self.shared.queue.ready(), race(self.ended.notified(), self.books.freed.notified()));
        let news = race(self.shared.stopped(), news);
        match again {
            Again::Whenever => drop(news.await),
            Again::At(moment) => match race(news, sleep_until(moment)).await {
                Race::First(_) | Race::Second(()) => {}
            },
        }
    }

    /// The policy of the revision in use.
    fn policy(&self) -> Arc<Policy> {
        let in_use = self.shared.in_use();
        let mut policy = self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(policy.in_use(), &in_use) {
            *policy = Arc::new(Policy::new(in_use));
        }
        policy.clone()
    }

    /// What an attempt under `policy` is made under now.
    fn era(&self, policy: &Policy) -> Era {
        Era { revision: policy.in_use().live.revision(), flushes: self.shared.queue.flushes() }
    }

    fn say(&self, event: Event) {
        self.shared.log.say(event);
    }
}

/// Ends connections that nobody used again.
async fn expire(dispatch: Arc<Dispatch>) {
    let ending = dispatch.clone();
    let end = move |connection| drop(tokio::spawn(end(ending.clone(), connection)));
    dispatch.pool.expire(end).await;
}

/// Keeps what was learnt about hosts: a crash costs the last minutes of it.
async fn remember(dispatch: Arc<Dispatch>) {
    loop {
        sleep(SAVED_EVERY).await;
        save(&dispatch).await;
    }
}

async fn save(dispatch: &Arc<Dispatch>) {
    let saving = dispatch.clone();
    let save = move || saving.memory.save(saving.shared.queue.directory(), clock::now());
    // A disk that takes nothing is told by the queue; the next time there is news, this is tried again.
    let _ = spawn_blocking(save).await;
}

async fn end(dispatch: Arc<Dispatch>, connection: super::connection::Connection) {
    close(&dispatch, connection).await;
}

async fn close(dispatch: &Dispatch, connection: super::connection::Connection) {
    let dcid = connection.dcid();
    connection.quit().await;
    dispatch.say(Event::Close { connection: dcid.into() });
}
