//! The one thread that writes the database. Whatever waits for it is committed together: one sync for all.
//!
//! It also looks up what is due and puts it into the window, so that nothing can slip between a look and a write.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::deliver::log_line::Level;
use crate::deliver::numbers::{Mid, Rid};
use crate::sys::database::{self, Ailment};
use crate::sys::files::Lock;

use super::administer::Deed;
use super::body::{Body, Content, file_name};
use super::effects::Effects;
use super::error::{AcceptError, Damage, QueueError};
use super::order::{Order, Ticketed};
use super::reading::{self, Cursor, Due};
use super::shared::Shared;
use super::store;
use super::time::QueueTime;
use super::window::Window;
use super::write_back::WriteBack;
use super::{DATABASE, RETRY};
use crate::sys::library_error;

/// Orders that are committed together.
const BATCH: usize = 512;
/// Octets that stay free on the disk, so that what is queued can still be settled: the write-ahead log at its longest, and as
/// much again.
const RESERVE: u64 = 32 << 20;
/// Rows that are looked up at once.
const LOOK: usize = 1_024;

pub(super) struct Committer {
    connection: Connection,
    write_back: WriteBack,
    shared: Arc<Shared>,
    orders: Receiver<Ticketed>,
    /// Settlements that the disk did not take yet.
    postponed: Vec<Ticketed>,
    last_tick: QueueTime,
    /// The last look into the database failed.
    blind: bool,
    /// The disk was full at the last write.
    full: bool,
    closed: bool,
    /// Nobody else has the spool while this thread runs.
    _lock: Lock,
}

impl Committer {
    pub fn new(
        connection: Connection,
        write_back: WriteBack,
        shared: Arc<Shared>,
        orders: Receiver<Ticketed>,
        lock: Lock,
    ) -> Committer {
        Committer {
            connection,
            write_back,
            shared,
            orders,
            postponed: Vec::new(),
            last_tick: QueueTime(i64::MIN),
            blind: false,
            full: false,
            closed: false,
            _lock: lock,
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
            self.mend("a file of a message could not be written");
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

    fn commit(&mut self, mut writes: Vec<Ticketed>) {
        if writes.iter().any(|write| matches!(write.order, Order::Accept { .. })) && !self.has_room() {
            let (accepts, others) = writes.into_iter().partition(|w| matches!(w.order, Order::Accept { .. }));
            self.disk_is_full();
            self.fail(accepts, AcceptError::Full);
            if others.is_empty() {
                return;
            }
            writes = others;
        }
        match self.transact(&writes) {
            Ok(effects) => {
                self.tell(writes, effects);
                self.write_back.look(&self.connection);
            }
            Err(error) if database::ailment(&error) == Ailment::Broken => {
                self.fail(writes, AcceptError::Broken);
                self.mend(&library_error::sqlite(&error));
            }
            // One that cannot be written must not take the others with it.
            Err(_) if writes.len() > 1 => writes.into_iter().for_each(|write| self.commit(vec![write])),
            Err(error) if database::ailment(&error) == Ailment::Full => {
                self.disk_is_full();
                self.fail(writes, AcceptError::Full);
                // What this cannot give back, an operator must.
                let _ = database::shrink_log(&self.connection);
            }
            Err(error) => {
                self.shared.say(
                    Level::Warning,
                    format!("queue: an order could not be carried out: {}", library_error::sqlite(&error)),
                );
                self.fail(writes, AcceptError::Broken);
            }
        }
    }

    /// Whether there is room for messages. A file system that cannot say how much it has is asked by writing.
    fn has_room(&mut self) -> bool {
        let room = self.shared.directory.free_space().map_or(true, |free| free >= RESERVE);
        if room && std::mem::take(&mut self.full) {
            self.shared.say(Level::Info, "queue: there is room on the disk again, messages are accepted".into());
        }
        room
    }

    /// Logged once until there is room again.
    fn disk_is_full(&mut self) {
        if !std::mem::replace(&mut self.full, true) {
            self.shared.say(Level::Critical, "queue: the disk is full, messages are refused with 452".into());
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
                Order::Administer { deed, which, span, .. } => {
                    effects.administer(&transaction, *deed, which, *span, now)?;
                }
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
    fn tell(&mut self, writes: Vec<Ticketed>, mut effects: Effects) {
        self.shared.counts.add(effects.messages, effects.recipients, effects.bytes);
        let mut finished = std::mem::take(&mut effects.finished).into_iter();
        if effects.administered.iter().any(|portion| portion.deed == Deed::Flush) {
            self.shared.flushes.fetch_add(1, Ordering::AcqRel);
        }
        // The window first: when the answer comes, what it speaks of is there.
        self.shared.with_window(|window| effects.show(window, self.last_tick));
        let mut administered = std::mem::take(&mut effects.administered).into_iter();
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
                    let _ = answer.send(finished.next().unwrap_or(false));
                }
                Order::Administer { answer, .. } => {
                    let Some(portion) = administered.next() else { continue };
                    portion.events().into_iter().for_each(|event| self.shared.log.say(event));
                    let _ = answer.send(Ok(portion.done));
                }
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
    fn mend(&mut self, why: &str) {
        self.shared.set_broken(true);
        self.shared.say(Level::Critical, format!("queue: the disk failed, messages are refused with 451: {why}"));
        while !self.closed {
            match self.reopen() {
                Ok(connection) => {
                    self.connection = connection;
                    self.shared.with_window(Window::look_again);
                    self.shared.set_broken(false);
                    self.shared.say(Level::Info, "queue: opened anew and found whole, messages are accepted".into());
                    return;
                }
                Err(error) => {
                    self.shared.say(Level::Warning, format!("queue: still not usable: {error}"));
                    self.refuse_for(RETRY);
                }
            }
        }
    }

    fn reopen(&mut self) -> Result<Connection, QueueError> {
        let connection = database::open_writer(&self.shared.directory, DATABASE)?;
        let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        match verdict.as_str() {
            "ok" => Ok(connection),
            _ => Err(Damage::Record(verdict).into()),
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
            let Due { rows, damaged, all } = reading::due(&self.connection, cursor, now, LOOK)?;
            self.put_aside(damaged)?;
            let next_due = if all { reading::next_due(&self.connection, Cursor::behind(now))? } else { None };
            let done = self.shared.with_window(|window| {
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
            if done {
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
            let Due { rows, damaged, all } = reading::due_at(&self.connection, &domain, now, appetite)?;
            self.put_aside(damaged)?;
            self.shared.with_window(|window| window.feed(&domain, rows, all));
            self.shared.ready.notify_one();
        }
        Ok(())
    }

    /// A recipient that cannot be read is held, so that it stands in nobody's way, and an operator is told.
    fn put_aside(&mut self, damaged: Vec<(Mid, Rid, Damage)>) -> Result<(), QueueError> {
        for (mid, rid, damage) in damaged {
            store::hold_recipient(&self.connection, mid, rid)?;
            self.shared
                .say(Level::Critical, format!("queue: MID {mid} RID {rid} is held, it cannot be read: {damage}"));
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
