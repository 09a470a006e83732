//! What an operator does to recipients: hold, release, flush, drop. It is done portion by portion, each in a transaction of its
//! own, so that a hundred thousand messages hold up nobody and take no memory.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use crate::deliver::log_line::Event;
use crate::deliver::numbers::{Mid, Rid};

use super::Queue;
use super::effects::Effects;
use super::error::AcceptError;
use super::order::Order;
use super::select::Selection;
use super::store::{integer, natural};
use super::time::QueueTime;

/// Messages of one portion; few in tests of this module, so that there are several.
const PORTION: usize = if cfg!(test) { 7 } else { 500 };

/// What an operator does to recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// They are not tried until they are released.
    Hold,
    /// Held ones are due at once.
    Release,
    /// Waiting ones are due at once.
    Flush,
    /// They are gone, and their sender is not told.
    Drop,
}

impl Deed {
    /// What it has made of recipients.
    pub fn past(self) -> &'static str {
        match self {
            Deed::Hold => "held",
            Deed::Release => "released",
            Deed::Flush => "flushed",
            Deed::Drop => "dropped",
        }
    }
}

/// Where a deed goes on: behind one MID, up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub after: Mid,
    pub until: Mid,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Administered {
    /// Recipients that were selected.
    pub selected: u64,
    /// Of them, those that were held before.
    pub held: u64,
    /// Recipients that are different now.
    pub changed: u64,
    /// Of them, those that are being tried right now: that attempt goes on.
    pub underway: u64,
    /// Messages of those that are different.
    pub messages: u64,
    /// How many of those that are different, by domain.
    pub domains: BTreeMap<String, u64>,
    /// What is left to be done.
    pub rest: Option<Span>,
}

impl Administered {
    /// Adds the next portion.
    pub fn add(&mut self, next: Administered) {
        self.selected += next.selected;
        self.held += next.held;
        self.changed += next.changed;
        self.underway += next.underway;
        self.messages += next.messages;
        for (domain, count) in next.domains {
            *self.domains.entry(domain).or_default() += count;
        }
        self.rest = next.rest;
    }
}

impl Queue {
    /// Where a deed about `which` begins and ends: messages that come later are not meant.
    pub fn span(&self, which: &Selection) -> Span {
        let (after, until) = which.span();
        Span { after, until: until.min(self.shared.numbers.last_mid()) }
    }

    /// Does the first portion of a deed; on stable storage when it returns.
    pub async fn administer(&self, deed: Deed, which: Selection, span: Span) -> Result<Administered, AcceptError> {
        if self.shared.is_broken() {
            return Err(AcceptError::Broken);
        }
        let order = |answer| Order::Administer { deed, which, span, answer };
        self.order(order).await.unwrap_or(Err(AcceptError::Closed))
    }

    /// Does all of it.
    pub async fn administer_all(&self, deed: Deed, which: Selection) -> Result<Administered, AcceptError> {
        let mut whole = Administered { rest: Some(self.span(&which)), ..Administered::default() };
        while let Some(span) = whole.rest {
            whole.add(self.administer(deed, which.clone(), span).await?);
        }
        Ok(whole)
    }
}

/// A portion that was done.
pub(super) struct Portion {
    pub deed: Deed,
    /// The recipients that are different, in order.
    pub changed: Vec<(Mid, Rid)>,
    /// Messages that are gone.
    pub finished: Vec<Mid>,
    pub done: Administered,
}

impl Portion {
    /// For the log: what happened to each message.
    pub fn events(&self) -> Vec<Event> {
        let by_message = self.changed.chunk_by(|(one, _), (other, _)| one == other);
        let mut events = Vec::new();
        for recipients in by_message {
            let Some((mid, _)) = recipients.first().copied() else { continue };
            let rids = recipients.iter().map(|(_, rid)| *rid).collect();
            events.push(Event::Administered { mid, rids, deed: self.deed.past().into() });
            events.extend(self.finished.contains(&mid).then_some(Event::Finished { mid }));
        }
        events
    }
}

/// Rows of `recipient` that a portion is about.
struct Rows {
    condition: String,
    values: Vec<Value>,
}

impl Rows {
    fn of(which: &Selection, span: Span) -> Rows {
        let mut values = vec![Value::Integer(integer(span.after.0)), Value::Integer(integer(span.until.0))];
        let condition = format!("r.mid > ?1 AND r.mid <= ?2 AND {}", which.condition(&mut values));
        Rows { condition, values }
    }
}

impl Effects {
    /// A portion of a deed.
    pub fn administer(
        &mut self,
        connection: &Connection,
        deed: Deed,
        which: &Selection,
        span: Span,
        now: QueueTime,
    ) -> Result<(), rusqlite::Error> {
        let last = last_of_portion(connection, which, span)?;
        let rows = Rows::of(which, Span { after: span.after, until: last.unwrap_or(span.until) });
        let (selected, held) = counted(connection, &rows)?;
        let changed = changed(connection, deed, &rows, now)?;
        let mut done = Administered {
            selected,
            held,
            changed: changed.len() as u64,
            rest: last.map(|last| Span { after: last, until: span.until }),
            ..Administered::default()
        };
        let mut keys = Vec::with_capacity(changed.len());
        for (mid, rid, domain) in changed {
            *done.domains.entry(domain).or_default() += 1;
            keys.push((mid, rid));
        }
        keys.sort_unstable();
        let mut mids: Vec<Mid> = keys.iter().map(|(mid, _)| *mid).collect();
        mids.dedup();
        done.messages = mids.len() as u64;
        let mut finished = Vec::new();
        if deed == Deed::Drop {
            self.recipients -= i64::try_from(keys.len()).unwrap_or(i64::MAX);
            for mid in mids {
                if self.finish(connection, mid)? {
                    finished.push(mid);
                }
            }
        }
        self.administered.push(Portion { deed, changed: keys, finished, done });
        Ok(())
    }
}

/// The last message of a portion that is full.
fn last_of_portion(connection: &Connection, which: &Selection, span: Span) -> Result<Option<Mid>, rusqlite::Error> {
    let Rows { condition, values } = Rows::of(which, span);
    let sql = format!(
        "SELECT DISTINCT r.mid FROM recipient r WHERE {condition} ORDER BY r.mid LIMIT 1 OFFSET {}",
        PORTION - 1
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(rusqlite::params_from_iter(values))?;
    Ok(found.next()?.map(|row| row.get(0)).transpose()?.map(|mid| Mid(natural(mid))))
}

/// How many are selected, and how many of them are held.
fn counted(connection: &Connection, rows: &Rows) -> Result<(u64, u64), rusqlite::Error> {
    let sql = format!("SELECT count(*), coalesce(sum(r.held), 0) FROM recipient r WHERE {}", rows.condition);
    let mut statement = connection.prepare_cached(&sql)?;
    let numbers = |row: &rusqlite::Row<'_>| Ok((natural(row.get(0)?), natural(row.get(1)?)));
    statement.query_row(rusqlite::params_from_iter(&rows.values), numbers)
}

/// Changes the rows; gives those that are different now, with their domains.
fn changed(
    connection: &Connection,
    deed: Deed,
    rows: &Rows,
    now: QueueTime,
) -> Result<Vec<(Mid, Rid, String)>, rusqlite::Error> {
    let condition = &rows.condition;
    let now = now.0;
    let sql = match deed {
        Deed::Hold => format!("UPDATE recipient AS r SET held = 1 WHERE r.held = 0 AND {condition}"),
        Deed::Release => format!("UPDATE recipient AS r SET held = 0, due = {now} WHERE r.held = 1 AND {condition}"),
        Deed::Flush => {
            format!("UPDATE recipient AS r SET due = {now} WHERE r.held = 0 AND r.due > {now} AND {condition}")
        }
        Deed::Drop => format!("DELETE FROM recipient AS r WHERE {condition}"),
    };
    let mut statement = connection.prepare(&(sql + " RETURNING mid, rid, domain"))?;
    let row = |row: &rusqlite::Row<'_>| Ok((Mid(natural(row.get(0)?)), Rid(row.get(1)?), row.get(2)?));
    statement.query_map(rusqlite::params_from_iter(&rows.values), row)?.collect()
}
