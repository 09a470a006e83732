//! The durable queue. What it has accepted is on stable storage, and is handed out until somebody says what became of it.
//!
//! ```text
//! administer  what an operator does: hold, release, flush, drop
//! body        the message comes in: up to 64 KiB in memory, more in a synced file beside the database
//! committer   one thread writes; it commits everything that waits for it with one sync, then answers
//! write_back  another takes what was committed from the log of the database to its place, meanwhile
//! effects     what a transaction does, and what the window is told once it is durable
//! window      what is due and fits into memory; claimed from here, each recipient by one job at a time
//! settle      what became of a job: done, due again later, or given up and reported, all in one transaction
//! store, reading, schema.sql   the tables: written in one place, read in another
//! time        waits are measured on a clock that nobody can set
//! recovery    what a crash left behind is swept, counted and logged when the spool is opened
//! view        lists and bodies, read beside the writer
//! ```

mod administer;
mod body;
mod committer;
mod effects;
mod error;
mod job;
mod order;
mod reading;
mod recovery;
mod select;
mod settle;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod time;
mod view;
mod window;
mod write_back;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::spawn_blocking;

use crate::sys::clock::Clock;
use crate::sys::database;
use crate::sys::files::{Directory, Lock};

use super::envelope::{Envelope, MailDomain};
use super::mail_log::MailLog;
use super::numbers::{Mid, Numbers};

pub use administer::{Administered, Deed, Span};
pub use body::{Body, BodyWriter, INLINE_LIMIT, Stored};
pub use error::{AcceptError, Damage, QueueError};
pub use job::{Job, Queued, Settlement, Trouble, Waiting};
pub use recovery::Recovery;
pub use select::{Selection, SenderMatch, Standing};
pub use settle::{Reported, Settled, Terms};
pub use view::{Listed, ListedDomain, ListedRecipient, Stats, View};

use committer::Committer;
use job::Ticket;
use order::{Order, Ticketed};
use shared::{Counts, Shared};
use time::Timeline;
use window::Window;
use write_back::WriteBack;

const DATABASE: &str = "queue.sqlite";
const BODIES: &str = "bodies";
const LOCK: &str = "lock";
/// Orders under way at the same time; whoever comes then waits.
const ORDERS: usize = 1_024;
/// How long whoever opens the spool waits for another command to be done with it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Until the next try after a disk that was full or failed.
const RETRY: Duration = Duration::from_secs(2);

/// The queue of one engine. Clones are the same queue; when the last is gone, so is the thread.
#[derive(Clone)]
pub struct Queue {
    shared: Arc<Shared>,
    handle: Arc<Handle>,
    view: View,
}

/// What reaches the writing thread.
struct Handle {
    orders: Sender<Ticketed>,
    permits: Arc<Semaphore>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Whoever wants to wait for the end has called `close`.
        let (answer, _) = oneshot::channel();
        let _ = self.orders.send(Ticketed { order: Order::Close(answer), permit: None });
    }
}

impl Queue {
    /// Opens the spool in the directory `path`, making what is missing, and starts the thread that writes it. What it
    /// found there, and whatever happens to the disk later, goes to the log.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, log: MailLog) -> Result<(Queue, Recovery), QueueError> {
        Queue::open_with(path, clock, log, window::Size::default())
    }

    fn open_with(
        path: &Path,
        clock: Arc<dyn Clock>,
        log: MailLog,
        size: window::Size,
    ) -> Result<(Queue, Recovery), QueueError> {
        let directory = Directory::make_path(path)?;
        let lock = Lock::take(&directory, LOCK, PATIENCE)?;
        let mut connection = database::open_writer(&directory, DATABASE)?;
        store::prepare(&mut connection)?;
        let bodies = Arc::new(Directory::make_path(&path.join(BODIES))?);
        directory.sync()?;
        let recovery = recovery::recover(&connection, &bodies)?;
        recovery.tell(&log);
        let (orders, received) = channel();
        let numbers = Numbers::starting(store::reserved(&connection)?, nudge(orders.clone()));
        recovery::reserve(&mut connection, &numbers)?;
        let shared = Arc::new(Shared {
            window: Mutex::new(Window::new(size)),
            ready: Notify::new(),
            numbers,
            timeline: Timeline::resume(clock, store::reading(&connection)?),
            counts: Counts::starting(&recovery),
            broken: AtomicBool::new(false),
            flushes: AtomicU64::new(0),
            directory,
            bodies,
            log,
        });
        let view = View::of(path);
        let write_back = WriteBack::start(&shared.directory).map_err(QueueError::Thread)?;
        let committer = Committer::new(connection, write_back, shared.clone(), received, lock);
        let thread = std::thread::Builder::new().name("queue".into()).spawn(move || committer.run());
        let thread = Mutex::new(Some(thread.map_err(QueueError::Thread)?));
        let handle = Arc::new(Handle { orders, permits: Arc::new(Semaphore::new(ORDERS)), thread });
        Ok((Queue { shared, handle, view }, recovery))
    }

    /// Where the spool is; there is room beside it for what the engine wants to know after a restart.
    pub(in crate::deliver) fn directory(&self) -> &Directory {
        &self.shared.directory
    }

    /// Who has the spool in `path` open, in their own words: process id and command. `None` when nobody has.
    pub fn holder(path: &Path) -> Result<Option<String>, QueueError> {
        match path.is_dir() {
            true => Ok(Lock::holder(&Directory::open(path)?, LOCK)?),
            false => Ok(None),
        }
    }

    /// The counters of connections, messages and deliveries.
    pub fn numbers(&self) -> &Numbers {
        &self.shared.numbers
    }

    /// Begins to take the message `mid`.
    pub fn body(&self, mid: Mid) -> BodyWriter {
        BodyWriter::new(mid, self.shared.bodies.clone(), self.handle.orders.clone())
    }

    /// Queues a message. When it returns `Ok`, the message is on stable storage and will be tried until it is delivered,
    /// reported or dropped; when it returns an error, nothing of it is queued.
    ///
    /// If the caller goes away while it waits, the message may be queued all the same.
    pub async fn accept(&self, envelope: Envelope, body: Body) -> Result<Mid, AcceptError> {
        if self.shared.is_broken() {
            return Err(AcceptError::Broken);
        }
        let message = Box::new((envelope, body));
        self.order(|answer| Order::Accept { message, answer }).await.unwrap_or(Err(AcceptError::Closed))
    }

    /// Waits until something may be claimed.
    pub async fn ready(&self) {
        self.shared.ready.notified().await;
    }

    /// Claims up to `jobs` jobs that are due, domains in turn. `allowed` is asked once for each domain how many jobs it may
    /// have now; it must answer at once. Nothing is handed out twice before it was settled or given back.
    pub async fn claim(&self, jobs: usize, mut allowed: impl FnMut(&MailDomain) -> usize) -> Vec<Job> {
        self.look().await;
        let numbers = self.shared.with_window(|window| window.claim(jobs, &mut allowed));
        self.jobs(numbers)
    }

    /// Claims up to `jobs` jobs at one domain, for a connection that can take more.
    pub async fn claim_of(&self, domain: &MailDomain, jobs: usize) -> Vec<Job> {
        self.look().await;
        let numbers = self.shared.with_window(|window| window.claim_of(domain, jobs));
        self.jobs(numbers)
    }

    /// Lets the window be filled when it runs low; waits for it only when it is empty.
    async fn look(&self) {
        let now = self.shared.timeline.now();
        let (low, empty) = self.shared.with_window(|window| (window.is_low(now), window.is_empty()));
        if low && empty {
            self.order(Order::Look).await;
        } else if low {
            let (answer, _) = oneshot::channel();
            self.nudge(Order::Look(answer));
        }
    }

    fn jobs(&self, numbers: Vec<u64>) -> Vec<Job> {
        let job = |window: &Window, number| {
            let entry = window.claimed(number)?;
            let ticket = Ticket { number, shared: self.shared.clone() };
            let (message, domain) = (entry.message.clone(), entry.domain.clone());
            Some(Job { message, domain, recipients: entry.recipients.clone(), ticket })
        };
        self.shared.with_window(|window| numbers.into_iter().filter_map(|number| job(window, number)).collect())
    }

    /// Reads the message of a job.
    pub async fn read(&self, job: &Job) -> Result<Stored, QueueError> {
        let (view, bodies, message) = (self.view.clone(), self.shared.bodies.clone(), job.message.clone());
        match spawn_blocking(move || view.body(&bodies, &message)).await {
            Ok(stored) => stored,
            Err(_) => Err(Damage::Record("the reader ended".into()).into()),
        }
    }

    /// The jobs that are claimed now, by message and domain.
    pub fn underway(&self) -> Vec<(Mid, MailDomain)> {
        self.shared.with_window(|window| window.underway())
    }

    /// How often somebody asked for mail to be tried at once, whatever speaks against it.
    pub fn flushes(&self) -> u64 {
        self.shared.flushes.load(Ordering::Acquire)
    }

    /// Looks at the queue without changing it.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// How much is in the queue.
    pub fn stats(&self) -> Stats {
        self.shared.counts.stats()
    }

    /// Ends the writing thread after what it has to do, and frees the spool. Later orders are refused.
    pub async fn close(&self) {
        self.order(Order::Close).await;
        let thread = self.handle.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = spawn_blocking(move || thread.join()).await;
        }
    }

    /// Gives the thread an order and waits for the answer; `None` when it has ended.
    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let permit = self.handle.permits.clone().acquire_owned().await.ok();
        let (answer, answered) = oneshot::channel();
        self.handle.orders.send(Ticketed { order: order(answer), permit }).ok()?;
        answered.await.ok()
    }

    /// An order that nobody waits for; left out when many are under way, since it is only a hint.
    fn nudge(&self, order: Order) {
        if let Ok(permit) = self.handle.permits.clone().try_acquire_owned() {
            let _ = self.handle.orders.send(Ticketed { order, permit: Some(permit) });
        }
    }
}

/// Wakes the thread, so that it reserves numbers.
fn nudge(orders: Sender<Ticketed>) -> impl Fn() + Send + Sync {
    move || {
        let (answer, _) = oneshot::channel();
        let _ = orders.send(Ticketed { order: Order::Look(answer), permit: None });
    }
}
