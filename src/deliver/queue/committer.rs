//! The one thread that writes the database. Whatever waits for it is committed together: one sync for all.
//!
//! It also looks up what is due and puts it into the window, so that nothing can slip between a look and a write.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::deliver::envelope::Envelope;
use crate::deliver::numbers::{Mid, Rid};
use crate::sys::database::{self, Ailment};

use super::body::{Body, Content, file_name};
use super::error::{AcceptError, QueueError};
use super::job::{Queued, Waiting};
use super::reading::{self, Cursor, DueRow};
use super::select::Selection;
use super::store::{self, Removed, State};
use super::time::QueueTime;
use super::{DATABASE, Shared};

/// Orders that are committed together.
const BATCH: usize = 512;
/// Until the next try after a disk that was full or failed.
const RETRY: Duration = Duration::from_secs(2);
/// Rows that are looked up at once.
const LOOK: usize = 1_024;

/// Something to be written, and who waits for it.
pub(super) enum Order {
    Accept {
        message: Box<(Envelope, Body)>,
        answer: oneshot::Sender<Result<Mid, AcceptError>>,
    },
    Settle {
        settling: Box<Settling>,
        answer: oneshot::Sender<()>,
    },
    Administer {
        deed: Deed,
        which: Selection,
        answer: oneshot::Sender<Result<usize, AcceptError>>,
    },
    /// Look into the database for what is due.
    Look(oneshot::Sender<()>),
    /// A disk failed elsewhere: open the database anew and check it.
    Suspect,
    Close(oneshot::Sender<()>),
}

/// What became of a job.
pub(super) struct Settling {
    pub number: u64,
    pub message: Arc<Queued>,
    pub changes: Vec<(Rid, Change)>,
    /// Reports about it, queued in the same step.
    pub reports: Vec<(Envelope, Body)>,
}

pub(super) enum Change {
    Done,
    Wait(Duration, State),
}

/// What an operator does to recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Hold,
    Release,
    Flush,
    Drop,
}

/// Whoever waits for the thread holds a permit, so that orders cannot pile up.
pub(super) struct Ticketed {
    pub order: Order,
    pub permit: Option<OwnedSemaphorePermit>,
}

pub(super) struct Committer {
    connection: Connection,
    shared: Arc<Shared>,
    orders: Receiver<Ticketed>,
    /// Settlements that the disk did not take yet.
    postponed: Vec<Ticketed>,
    last_tick: QueueTime,
    /// The last look into the database failed.
    blind: bool,
    closed: bool,
}

/// What a transaction brought about; told to the window once it is committed.
#[derive(Default)]
struct Effects {
    /// Recipients that are due at once.
    due: Vec<DueRow>,
    settled: Vec<u64>,
    /// The earliest moment at which a recipient of this transaction is due again.
    next_due: Option<QueueTime>,
    withdrawn: Vec<Selection>,
    restored: Vec<Selection>,
    /// Recipients became due that only the database knows.
    look: bool,
    files: Vec<Mid>,
    messages: i64,
    recipients: i64,
    bytes: i64,
    /// How many recipients each `Administer` touched, in their order.
    touched: Vec<usize>,
}

impl Committer {
    pub fn new(connection: Connection, shared: Arc<Shared>, orders: Receiver<Ticketed>) -> Committer {
        Committer {
            connection,
            shared,
            orders,
            postponed: Vec::new(),
            last_tick: QueueTime(i64::MIN),
            blind: false,
            closed: false,
        }
    }

    /// Until the queue is closed or nobody holds it any more.
    pub fn run(mut self) {
        self.look();
        while !self.closed {
            let mut batch = std::mem::take(&mut self.postponed);
            if !self.gather(&mut batch) {
                break;
            }
            if let Some(closing) = self.work(batch) {
                self.end();
                let _ = closing.send(());
                return;
            }
            self.look();
        }
        self.end();
    }

    /// Waits for something to do: an order, a recipient that comes due, or the time to try again. `false` at the end.
    fn gather(&mut self, batch: &mut Vec<Ticketed>) -> bool {
        let wait = match batch.is_empty() && !self.blind {
            true => self.shared.until_due(),
            false => Some(RETRY),
        };
        let first = match wait {
            Some(wait) => self.orders.recv_timeout(wait),
            None => self.orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match first {
            Ok(order) => batch.push(order),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        while batch.len() < BATCH {
            let Ok(order) = self.orders.try_recv() else { break };
            batch.push(order);
        }
        true
    }

    /// Carries out a batch. Gives who waits for the end, when the end was ordered.
    fn work(&mut self, batch: Vec<Ticketed>) -> Option<oneshot::Sender<()>> {
        let (mut writes, mut looks, mut closing, mut suspect) = (Vec::new(), Vec::new(), None, false);
        for ticketed in batch {
            match ticketed.order {
                Order::Look(answer) => looks.push(answer),
                Order::Suspect => suspect = true,
                Order::Close(answer) => closing = Some(answer),
                _ => writes.push(ticketed),
            }
        }
        if suspect {
            self.mend();
        }
        if !writes.is_empty() || self.shared.numbers.wanted().next().is_some() {
            self.commit(writes);
        }
        if !looks.is_empty() {
            self.look();
            looks.into_iter().for_each(answered);
        }
        closing
    }

    fn commit(&mut self, writes: Vec<Ticketed>) {
        match self.transact(&writes) {
            Ok(effects) => self.tell(writes, effects),
            Err(error) if database::ailment(&error) == Ailment::Broken => {
                self.fail(writes, AcceptError::Broken);
                self.mend();
            }
            // One that cannot be written must not take the others with it.
            Err(_) if writes.len() > 1 => writes.into_iter().for_each(|write| self.commit(vec![write])),
            Err(error) => {
                let why =
                    if database::ailment(&error) == Ailment::Full { AcceptError::Full } else { AcceptError::Broken };
                self.fail(writes, why);
            }
        }
    }

    /// One transaction for all of them. Durable when it returns.
    fn transact(&mut self, writes: &[Ticketed]) -> Result<Effects, rusqlite::Error> {
        let now = self.tick();
        let wanted: Vec<_> = self.shared.numbers.wanted().collect();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (kind, up_to) in &wanted {
            store::reserve(&transaction, *kind, *up_to)?;
        }
        store::keep_reading(&transaction, self.shared.timeline.reading(now))?;
        let mut effects = Effects::default();
        for write in writes {
            match &write.order {
                Order::Accept { message, .. } => effects.accept(&transaction, &message.0, &message.1, now)?,
                Order::Settle { settling, .. } => effects.settle(&transaction, settling, now)?,
                Order::Administer { deed, which, .. } => effects.administer(&transaction, *deed, which, now)?,
                Order::Look(_) | Order::Suspect | Order::Close(_) => {}
            }
        }
        transaction.commit()?;
        for (kind, up_to) in wanted {
            self.shared.numbers.reserved(kind, up_to);
        }
        Ok(effects)
    }

    /// It is durable: says so to everybody who waits, and shows the window what is due.
    fn tell(&mut self, writes: Vec<Ticketed>, effects: Effects) {
        self.shared.counts.add(effects.messages, effects.recipients, effects.bytes);
        let mut touched = effects.touched.into_iter();
        // The window first: when the answer comes, what it speaks of is there.
        self.shared.with_window(|window| {
            effects.settled.iter().for_each(|number| window.settle(*number));
            effects.withdrawn.iter().for_each(|which| window.withdraw(which));
            effects.restored.iter().for_each(|which| window.restore(which));
            window.next_due = earlier(window.next_due, effects.next_due);
            let all = window.caught_up && effects.due.into_iter().all(|row| window.offer(row));
            window.caught_up = all && !effects.look;
            // What came due in the meantime has not been looked at.
            if window.caught_up && window.next_due.is_none_or(|due| due > self.last_tick) {
                window.cursor = Cursor::behind(self.last_tick);
            }
        });
        for ticketed in writes {
            match ticketed.order {
                Order::Accept { message, answer } => {
                    let body = message.1;
                    let mid = body.mid;
                    keep(body);
                    let _ = answer.send(Ok(mid));
                }
                Order::Settle { settling, answer } => {
                    settling.reports.into_iter().for_each(|(_, body)| keep(body));
                    let _ = answer.send(());
                }
                Order::Administer { answer, .. } => drop(answer.send(Ok(touched.next().unwrap_or(0)))),
                Order::Look(_) | Order::Suspect | Order::Close(_) => {}
            }
        }
        for mid in effects.files {
            // What cannot be removed now is swept when the spool is opened next.
            let _ = self.shared.bodies.remove(&file_name(mid));
        }
        self.shared.ready.notify_one();
    }

    /// Nothing of it was written. Settlements are kept until they can be: what was delivered must not be delivered again.
    fn fail(&mut self, writes: Vec<Ticketed>, why: AcceptError) {
        for ticketed in writes {
            match ticketed.order {
                Order::Accept { answer, .. } => drop(answer.send(Err(why))),
                Order::Administer { answer, .. } => drop(answer.send(Err(why))),
                order => self.postponed.push(Ticketed { order, permit: ticketed.permit }),
            }
        }
    }

    /// After a disk that failed: takes nothing until the database was opened anew and is whole.
    fn mend(&mut self) {
        self.shared.set_broken(true);
        while !self.closed {
            let Ok(connection) = self.reopen() else {
                self.refuse_for(RETRY);
                continue;
            };
            self.connection = connection;
            self.shared.set_broken(false);
            self.shared.with_window(|window| {
                window.cursor = Cursor::BEGINNING;
                window.caught_up = false;
            });
            return;
        }
    }

    fn reopen(&mut self) -> Result<Connection, QueueError> {
        let connection = database::open_writer(&self.shared.directory, DATABASE)?;
        let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        match verdict.as_str() {
            "ok" => Ok(connection),
            _ => Err(super::error::Damage::Record(verdict).into()),
        }
    }

    /// Answers what comes in the meantime.
    fn refuse_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            match self.orders.recv_timeout(left) {
                Ok(Ticketed { order: Order::Close(answer), .. }) => {
                    let _ = answer.send(());
                    self.closed = true;
                }
                Ok(Ticketed { order: Order::Look(answer), .. }) => answered(answer),
                Ok(ticketed) => self.fail(vec![ticketed], AcceptError::Broken),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.closed = true,
            }
            if self.closed {
                return;
            }
        }
    }

    /// Fills the window with what is due.
    fn look(&mut self) {
        // A disk that failed is found out by the next write, and dealt with there.
        self.blind = self.look_for_due().and_then(|()| self.feed_crowded()).is_err();
    }

    fn look_for_due(&mut self) -> Result<(), QueueError> {
        loop {
            let now = self.tick();
            let (cursor, wanted) = self.shared.with_window(|window| {
                let due = !window.caught_up || window.next_due.is_some_and(|due| due <= now);
                (window.cursor, due && window.room() > 0)
            });
            if !wanted {
                return Ok(());
            }
            let rows = reading::due(&self.connection, cursor, now, LOOK)?;
            let all = rows.len() < LOOK;
            let next_due = if all { reading::next_due(&self.connection, Cursor::behind(now))? } else { None };
            let full = self.shared.with_window(|window| {
                for row in rows {
                    let at = row.at;
                    if !window.offer(row) {
                        window.caught_up = false;
                        return true;
                    }
                    window.cursor = at;
                }
                window.caught_up = all;
                if all {
                    window.cursor = Cursor::behind(now);
                    window.next_due = next_due;
                }
                all
            });
            self.shared.ready.notify_one();
            if full {
                return Ok(());
            }
        }
    }

    fn feed_crowded(&mut self) -> Result<(), QueueError> {
        let now = self.tick();
        let hungry = self.shared.with_window(|window| {
            let hungry = window.hungry().take(window.room());
            hungry.map(|domain| (domain.clone(), window.appetite(domain))).collect::<Vec<_>>()
        });
        for (domain, appetite) in hungry {
            let rows = reading::due_at(&self.connection, &domain, now, appetite)?;
            let all = rows.len() < appetite;
            self.shared.with_window(|window| window.feed(&domain, rows, all));
            self.shared.ready.notify_one();
        }
        Ok(())
    }

    /// Queue time, later than at every call before: what is written now stands behind all that was looked at.
    fn tick(&mut self) -> QueueTime {
        self.last_tick = self.shared.timeline.now().max(QueueTime(self.last_tick.0.saturating_add(1)));
        self.last_tick
    }

    /// An orderly end: the numbers that were reserved and not used are given up.
    fn end(&mut self) {
        self.shared.close();
        let numbers = self.shared.numbers.close();
        let now = self.tick();
        let reading = self.shared.timeline.reading(now);
        let ended = self.connection.transaction().and_then(|transaction| {
            numbers.iter().try_for_each(|(kind, next)| store::reserve(&transaction, *kind, *next))?;
            store::keep_reading(&transaction, reading)?;
            transaction.commit()
        });
        // Without it only the rest of a block of numbers is lost.
        drop(ended);
    }
}

impl Effects {
    fn accept(
        &mut self,
        connection: &Connection,
        envelope: &Envelope,
        body: &Body,
        now: QueueTime,
    ) -> Result<(), rusqlite::Error> {
        store::insert(connection, envelope, body, now)?;
        let message = Queued {
            mid: body.mid,
            sender: envelope.sender.clone(),
            body: envelope.body,
            smtputf8: envelope.smtputf8,
            ret: envelope.ret,
            envid: envelope.envid.clone(),
            received: envelope.received.clone(),
            size: body.size,
            in_file: matches!(body.content, Content::File(_)),
            since: now,
        };
        for (rid, recipient) in (0..).map(Rid).zip(&envelope.recipients) {
            let waiting = Waiting { rid, recipient: recipient.clone(), attempts: 0, warned: false, trouble: None };
            let at = Cursor { due: now, mid: body.mid, rid };
            let domain = recipient.address.domain().clone();
            self.due.push(DueRow { message: message.clone(), waiting, domain, at });
        }
        self.messages += 1;
        self.recipients += i64::try_from(envelope.recipients.len()).unwrap_or(i64::MAX);
        self.bytes += store::integer(body.size);
        Ok(())
    }

    fn settle(&mut self, connection: &Connection, settling: &Settling, now: QueueTime) -> Result<(), rusqlite::Error> {
        let mid = settling.message.mid;
        for (rid, change) in &settling.changes {
            match change {
                Change::Done => self.recipients -= i64::from(store::remove_recipient(connection, mid, *rid)?),
                Change::Wait(wait, state) => {
                    let due = now.after(*wait);
                    store::wait(connection, mid, *rid, due, state)?;
                    self.next_due = earlier(self.next_due, Some(due));
                }
            }
        }
        if store::remove_if_done(connection, &settling.message)? {
            self.messages -= 1;
            self.bytes -= store::integer(settling.message.size);
            self.files.extend(settling.message.in_file.then_some(mid));
        }
        self.settled.push(settling.number);
        settling.reports.iter().try_for_each(|(envelope, body)| self.accept(connection, envelope, body, now))
    }

    fn administer(
        &mut self,
        connection: &Connection,
        deed: Deed,
        which: &Selection,
        now: QueueTime,
    ) -> Result<(), rusqlite::Error> {
        let touched = match deed {
            Deed::Hold => {
                self.withdrawn.push(which.clone());
                store::hold(connection, which)?
            }
            Deed::Release => {
                self.restored.push(which.clone());
                self.look = true;
                store::release(connection, which, now)?
            }
            Deed::Flush => {
                self.look = true;
                store::flush(connection, which, now)?
            }
            Deed::Drop => {
                self.withdrawn.push(which.clone());
                let Removed { recipients, messages, bytes, files } = store::drop_recipients(connection, which)?;
                self.recipients -= i64::try_from(recipients).unwrap_or(i64::MAX);
                self.messages -= i64::try_from(messages).unwrap_or(i64::MAX);
                self.bytes -= store::integer(bytes);
                self.files.extend(files);
                recipients
            }
        };
        self.touched.push(touched);
        Ok(())
    }
}

/// Nobody needs to be waiting any more.
fn answered(answer: oneshot::Sender<()>) {
    let _ = answer.send(());
}

/// The file of an accepted message stays.
fn keep(body: Body) {
    if let Content::File(file) = body.content {
        file.keep();
    }
}

fn earlier(one: Option<QueueTime>, other: Option<QueueTime>) -> Option<QueueTime> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
