//! The durable queue. What it has accepted is on stable storage, and is handed out until somebody says what became of it.
//!
//! ```text
//! body        the message comes in: up to 64 KiB in memory, more in a synced file beside the database
//! committer   one thread writes; it commits everything that waits for it with one sync, then answers
//! window      what is due and fits into memory; claimed from here, each recipient by one job at a time
//! store, reading, schema.sql   the tables: written in one place, read in another
//! time        waits are measured on a clock that nobody can set
//! recovery    what a crash left behind is swept, counted and told when the spool is opened
//! ```

mod body;
mod committer;
mod error;
mod job;
mod reading;
mod recovery;
mod select;
mod store;
mod time;
mod view;
mod window;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::spawn_blocking;

use crate::model::configuration::BounceProfile;
use crate::model::host_name::HostName;
use crate::sys::clock::Clock;
use crate::sys::database;
use crate::sys::files::{Directory, Lock};

use super::envelope::{Envelope, MailDomain};
use super::numbers::{Mid, Numbers, Rid};
use super::schedule;

pub use body::{Body, BodyWriter, INLINE_LIMIT, Stored};
pub use error::{AcceptError, Damage, QueueError};
pub use job::{Job, Queued, Settlement, Trouble, Waiting};
pub use recovery::Recovery;
pub use select::Selection;
pub use view::{Listed, ListedRecipient, Stats, View};

use committer::{Change, Committer, Deed, Order, Settling, Ticketed};
use job::Ticket;
use store::State;
use time::Timeline;
use window::Window;

const DATABASE: &str = "queue.sqlite";
const BODIES: &str = "bodies";
const LOCK: &str = "lock";
/// Orders under way at the same time; whoever comes then waits.
const ORDERS: usize = 1_024;

/// The queue of one engine. Clones are the same queue.
#[derive(Clone)]
pub struct Queue {
    shared: Arc<Shared>,
    orders: Sender<Ticketed>,
    permits: Arc<Semaphore>,
    view: View,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

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
}

impl Queue {
    /// Opens the spool in the directory `path`, making what is missing, and starts the thread that writes it.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<(Queue, Recovery), QueueError> {
        let directory = Directory::make_path(path)?;
        let lock = Lock::take(&directory, LOCK, Duration::ZERO)?;
        let mut connection = database::open_writer(&directory, DATABASE)?;
        store::prepare(&mut connection)?;
        let bodies = Arc::new(Directory::make_path(&path.join(BODIES))?);
        directory.sync()?;
        let recovery = recovery::recover(&connection, &bodies)?;
        let shared = Arc::new(Shared {
            window: Mutex::new(Window::new()),
            ready: Notify::new(),
            numbers: Numbers::starting(store::reserved(&connection)?),
            timeline: Timeline::resume(clock, store::reading(&connection)?),
            counts: Counts::starting(&recovery),
            broken: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            directory,
            bodies,
            _lock: lock,
        });
        recovery::reserve(&mut connection, &shared.numbers)?;
        let view = View::new(shared.directory.path().to_owned());
        let (orders, received) = channel();
        let committer = Committer::new(connection, shared.clone(), received);
        let thread = std::thread::Builder::new().name("queue".into()).spawn(move || committer.run());
        let thread = Arc::new(Mutex::new(Some(thread.map_err(QueueError::Thread)?)));
        let queue = Queue { shared, orders, permits: Arc::new(Semaphore::new(ORDERS)), view, thread };
        Ok((queue, recovery))
    }

    /// The counters of connections, messages and deliveries.
    pub fn numbers(&self) -> &Numbers {
        &self.shared.numbers
    }

    /// Begins to take the message `mid`.
    pub fn body(&self, mid: Mid) -> BodyWriter {
        BodyWriter::new(mid, self.shared.bodies.clone(), self.orders.clone())
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

    /// Says what became of each recipient of a job. When it returns, that is on stable storage; while the disk takes
    /// nothing it waits. Recipients without a settlement are due again at once.
    pub async fn settle(&self, job: Job, settlements: Vec<(Rid, Settlement)>, terms: &Terms) -> Settled {
        let mut settled = Settled::default();
        let age = self.shared.timeline.now().since(job.message.since);
        let mut changes = Vec::with_capacity(job.recipients.len());
        for waiting in &job.recipients {
            let settlement = settlements.iter().find(|(rid, _)| *rid == waiting.rid).map(|(_, settlement)| settlement);
            changes.push((waiting.rid, settled.change(job.message.mid, waiting, settlement, age, terms)));
        }
        let (number, message) = (job.ticket.number, job.message.clone());
        let settling = Box::new(Settling { number, message, changes, reports: Vec::new() });
        // The ticket stays open until the answer: a job whose result was not written is due again.
        self.order(|answer| Order::Settle { settling, answer }).await;
        drop(job);
        settled
    }

    /// Holds recipients back until they are released. How many there were.
    pub async fn hold(&self, which: Selection) -> Result<usize, AcceptError> {
        self.administer(Deed::Hold, which).await
    }

    /// Releases held recipients; they are due at once.
    pub async fn release(&self, which: Selection) -> Result<usize, AcceptError> {
        self.administer(Deed::Release, which).await
    }

    /// Makes waiting recipients due at once.
    pub async fn flush(&self, which: Selection) -> Result<usize, AcceptError> {
        self.administer(Deed::Flush, which).await
    }

    /// Removes recipients without telling their senders.
    pub async fn remove(&self, which: Selection) -> Result<usize, AcceptError> {
        self.administer(Deed::Drop, which).await
    }

    async fn administer(&self, deed: Deed, which: Selection) -> Result<usize, AcceptError> {
        let order = |answer| Order::Administer { deed, which, answer };
        self.order(order).await.unwrap_or(Err(AcceptError::Closed))
    }

    /// Looks at the queue without changing it.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// How much is in the queue.
    pub fn stats(&self) -> Stats {
        self.shared.counts.stats()
    }

    /// Ends the writing thread after what it has to do. Later orders are refused.
    pub async fn close(&self) {
        self.order(Order::Close).await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = spawn_blocking(move || thread.join()).await;
        }
    }

    /// Gives the thread an order and waits for the answer; `None` when it has ended.
    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let permit = self.permits.clone().acquire_owned().await.ok();
        let (answer, answered) = oneshot::channel();
        self.orders.send(Ticketed { order: order(answer), permit }).ok()?;
        answered.await.ok()
    }

    /// An order that nobody waits for; left out when many are under way, since it is only a hint.
    fn nudge(&self, order: Order) {
        if let Ok(permit) = self.permits.clone().try_acquire_owned() {
            let _ = self.orders.send(Ticketed { order, permit: Some(permit) });
        }
    }
}

impl Settled {
    /// What a settlement does to a recipient's row.
    fn change(
        &mut self,
        mid: Mid,
        waiting: &Waiting,
        settlement: Option<&Settlement>,
        age: Duration,
        terms: &Terms,
    ) -> Change {
        let state = |attempts, trouble: Option<&Trouble>| State {
            attempts,
            warned: waiting.warned,
            trouble: trouble.cloned().or_else(|| waiting.trouble.clone()),
        };
        match settlement {
            None => Change::Wait(Duration::ZERO, state(waiting.attempts, None)),
            Some(Settlement::Postponed(wait)) => Change::Wait(*wait, state(waiting.attempts, None)),
            Some(Settlement::Delivered { .. }) => Change::Done,
            Some(Settlement::Failed(trouble)) => {
                self.failed.push((waiting.rid, trouble.clone()));
                Change::Done
            }
            Some(Settlement::Deferred(trouble)) => {
                let attempts = waiting.attempts.saturating_add(1);
                match schedule::next(&terms.profile, attempts, age, mid.0) {
                    schedule::Next::Wait(wait) => {
                        self.waiting.push((waiting.rid, wait));
                        Change::Wait(wait, state(attempts, Some(trouble)))
                    }
                    schedule::Next::Over(_) => {
                        let status = trouble.status.permanent();
                        self.failed.push((waiting.rid, Trouble { status, ..trouble.clone() }));
                        Change::Done
                    }
                }
            }
        }
    }
}

/// What the handles of the queue and its thread share.
struct Shared {
    /// Never held across a wait.
    window: Mutex<Window>,
    ready: Notify,
    numbers: Numbers,
    timeline: Timeline,
    counts: Counts,
    broken: AtomicBool,
    closed: AtomicBool,
    directory: Directory,
    bodies: Arc<Directory>,
    _lock: Lock,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("directory", &self.directory.path()).finish_non_exhaustive()
    }
}

impl Shared {
    fn with_window<T>(&self, work: impl FnOnce(&mut Window) -> T) -> T {
        work(&mut self.window.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn give_back(&self, number: u64) {
        self.with_window(|window| window.give_back(number));
        self.ready.notify_one();
    }

    /// How long the thread may sleep: until the next recipient is due, or for ever when something else wakes it.
    fn until_due(&self) -> Option<Duration> {
        let now = self.timeline.now();
        self.with_window(|window| window.next_due.filter(|_| window.caught_up)).map(|due| due.since(now))
    }

    fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::Release);
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

/// What is in the queue, counted along.
#[derive(Debug)]
struct Counts {
    messages: AtomicI64,
    recipients: AtomicI64,
    bytes: AtomicI64,
}

impl Counts {
    fn starting(recovery: &Recovery) -> Counts {
        let signed = |number: u64| AtomicI64::new(store::integer(number));
        Counts {
            messages: signed(recovery.messages),
            recipients: signed(recovery.recipients),
            bytes: signed(recovery.bytes),
        }
    }

    fn add(&self, messages: i64, recipients: i64, bytes: i64) {
        self.messages.fetch_add(messages, Ordering::Relaxed);
        self.recipients.fetch_add(recipients, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn stats(&self) -> Stats {
        let natural = |count: &AtomicI64| store::natural(count.load(Ordering::Relaxed));
        Stats { messages: natural(&self.messages), recipients: natural(&self.recipients), bytes: natural(&self.bytes) }
    }
}
