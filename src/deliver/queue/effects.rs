//! What a transaction does to the tables, and what the window and those who wait are told once it is durable.

use std::sync::Arc;

use rusqlite::Connection;

use crate::deliver::envelope::Envelope;
use crate::deliver::numbers::{Mid, Rid};

use super::administer::{Deed, Portion};
use super::body::{Body, Content};
use super::job::{Queued, Waiting};
use super::order::{Change, Settling};
use super::reading::{Cursor, DueRow};
use super::store;
use super::time::QueueTime;
use super::window::Window;

/// Collected while the transaction runs; means nothing before it is committed.
#[derive(Default)]
pub(super) struct Effects {
    /// Recipients that are due at once.
    due: Vec<DueRow>,
    settled: Vec<u64>,
    /// The earliest moment at which a recipient of this transaction is due again.
    next_due: Option<QueueTime>,
    pub files: Vec<Mid>,
    pub messages: i64,
    pub recipients: i64,
    pub bytes: i64,
    /// What an operator did, in the order of the orders.
    pub administered: Vec<Portion>,
    /// Whether each settlement finished its message, in their order.
    pub finished: Vec<bool>,
}

impl Effects {
    pub fn accept(
        &mut self,
        connection: &Connection,
        envelope: &Envelope,
        body: &Body,
        now: QueueTime,
    ) -> Result<(), rusqlite::Error> {
        store::insert(connection, envelope, body, now)?;
        let message = Arc::new(Queued {
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
        });
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

    pub fn settle(
        &mut self,
        connection: &Connection,
        settling: &Settling,
        now: QueueTime,
    ) -> Result<(), rusqlite::Error> {
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
        let finished = self.finish(connection, mid)?;
        self.finished.push(finished);
        self.settled.push(settling.number);
        settling.reports.iter().try_for_each(|(envelope, body)| self.accept(connection, envelope, body, now))
    }

    /// The message is gone when no recipient is left. Whether it is.
    pub fn finish(&mut self, connection: &Connection, mid: Mid) -> Result<bool, rusqlite::Error> {
        let Some(removed) = store::remove_if_done(connection, mid)? else { return Ok(false) };
        self.messages -= 1;
        self.bytes -= store::integer(removed.size);
        self.files.extend(removed.in_file.then_some(mid));
        Ok(true)
    }

    /// Shows the window what `tick`, the time of the transaction, has changed.
    pub fn show(&mut self, window: &mut Window, tick: QueueTime) {
        self.settled.iter().for_each(|number| window.settle(*number));
        // Recipients became due that only the database knows.
        let mut look = false;
        for Portion { deed, changed, done, .. } in &mut self.administered {
            done.underway = match deed {
                Deed::Hold | Deed::Drop => window.withdraw(changed),
                Deed::Release => window.restore(changed),
                Deed::Flush => 0,
            };
            look |= matches!(deed, Deed::Release | Deed::Flush);
        }
        window.next_due = earlier(window.next_due, self.next_due);
        let all = window.caught_up && self.due.drain(..).all(|row| window.offer(row));
        window.caught_up = all && !look;
        // What came due in the meantime has not been looked at.
        if window.caught_up && window.next_due.is_none_or(|due| due > tick) {
            window.cursor = Cursor::behind(tick);
        }
    }
}

fn earlier(one: Option<QueueTime>, other: Option<QueueTime>) -> Option<QueueTime> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
