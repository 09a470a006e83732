//! Rows of the queue's tables as values.

use std::sync::Arc;

use rusqlite::{Connection, Row, ToSql, params};

use crate::deliver::envelope::{BodyType, MailDomain, Received, Recipient, Ret};
use crate::deliver::numbers::{Icid, Mid, Rid};

use super::error::{Damage, QueueError};
use super::job::{Queued, Waiting};
use super::store::{integer, natural};
use super::time::{QueueTime, moment};
use crate::sys::library_error;

/// Columns that `queued` and `waiting` read, in their order.
pub(super) const COLUMNS: &str = "m.mid, m.sender, m.eightbit, m.smtputf8, m.ret, m.envid, m.arrived, m.icid, m.helo, \
     m.address, m.over_tls, m.size, m.in_file, m.since, \
     r.rid, r.address, r.notify, r.orcpt, r.attempts, r.warned, r.trouble, r.due, r.held, r.domain, r.tried";

/// How far the due recipients have been looked through: everything up to here, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    pub due: QueueTime,
    pub mid: Mid,
    pub rid: Rid,
}

impl Cursor {
    pub const BEGINNING: Cursor = Cursor { due: QueueTime(i64::MIN), mid: Mid(0), rid: Rid(0) };

    /// Behind everything that is due at `time`.
    pub fn behind(time: QueueTime) -> Cursor {
        Cursor { due: time, mid: Mid(i64::MAX as u64), rid: Rid(u32::MAX) }
    }
}

/// One recipient with its message.
pub(super) struct DueRow {
    pub message: Arc<Queued>,
    pub waiting: Waiting,
    pub domain: MailDomain,
    pub at: Cursor,
}

/// What a look for due recipients found.
pub(super) struct Due {
    pub rows: Vec<DueRow>,
    /// Rows that hold what nobody wrote there.
    pub damaged: Vec<(Mid, Rid, Damage)>,
    /// There are no more.
    pub all: bool,
}

/// At most `limit` recipients that are due by `now` and stand behind `cursor`.
pub(super) fn due(
    connection: &Connection,
    cursor: Cursor,
    now: QueueTime,
    limit: usize,
) -> Result<Due, rusqlite::Error> {
    let condition = "r.held = 0 AND (r.due, r.mid, r.rid) > (?1, ?2, ?3) AND r.due <= ?4";
    let values = params![cursor.due.0, integer(cursor.mid.0), cursor.rid.0, now.0, whole(limit)];
    look(connection, condition, values, limit)
}

/// At most `limit` recipients at `domain` that are due by `now`, the oldest first.
pub(super) fn due_at(
    connection: &Connection,
    domain: &MailDomain,
    now: QueueTime,
    limit: usize,
) -> Result<Due, rusqlite::Error> {
    let condition = "r.domain = ?1 AND ?2 AND ?3 AND r.held = 0 AND r.due <= ?4";
    look(connection, condition, params![domain.to_string(), true, true, now.0, whole(limit)], limit)
}

fn look(connection: &Connection, condition: &str, values: &[&dyn ToSql], limit: usize) -> Result<Due, rusqlite::Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM recipient r JOIN message m ON m.mid = r.mid WHERE {condition} \
         ORDER BY r.due, r.mid, r.rid LIMIT ?5"
    ))?;
    let mut rows = statement.query(values)?;
    let mut due = Due { rows: Vec::new(), damaged: Vec::new(), all: true };
    while let Some(row) = rows.next()? {
        let (mid, rid) = (Mid(natural(row.get(0)?)), Rid(row.get(14)?));
        match due_row(row) {
            Ok(row) => due.rows.push(row),
            Err(QueueError::Damaged(damage)) => due.damaged.push((mid, rid, damage)),
            Err(error) => due.damaged.push((mid, rid, Damage::Record(error.to_string()))),
        }
    }
    due.all = due.rows.len() + due.damaged.len() < limit;
    Ok(due)
}

fn whole(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// When the next recipient behind `cursor` is due.
pub(super) fn next_due(connection: &Connection, cursor: Cursor) -> Result<Option<QueueTime>, rusqlite::Error> {
    let mut statement = connection.prepare_cached("SELECT min(due) FROM recipient WHERE held = 0 AND due > ?1")?;
    statement.query_row([cursor.due.0], |row| Ok(row.get::<_, Option<i64>>(0)?.map(QueueTime)))
}

fn due_row(row: &Row<'_>) -> Result<DueRow, QueueError> {
    let message = Arc::new(queued(row)?);
    let waiting = waiting(row)?;
    let at = Cursor { due: QueueTime(row.get(21)?), mid: message.mid, rid: waiting.rid };
    let domain: MailDomain = row.get_ref(23)?.as_str().map_err(damaged)?.parse().map_err(Damage::Address)?;
    Ok(DueRow { message, waiting, domain, at })
}

/// Reads the first fourteen of `COLUMNS`.
pub(super) fn queued(row: &Row<'_>) -> Result<Queued, QueueError> {
    let address: Option<String> = row.get(9)?;
    let received = Received {
        at: moment(row.get(6)?),
        icid: row.get::<_, Option<i64>>(7)?.map(|icid| Icid(natural(icid))),
        helo: row.get(8)?,
        address: address.and_then(|address| address.parse().ok()),
        over_tls: row.get(10)?,
    };
    let envid: Option<String> = row.get(5)?;
    Ok(Queued {
        mid: Mid(natural(row.get(0)?)),
        sender: row.get_ref(1)?.as_str().map_err(damaged)?.parse().map_err(Damage::Address)?,
        body: if row.get(2)? { BodyType::EightBitMime } else { BodyType::SevenBit },
        smtputf8: row.get(3)?,
        ret: row.get::<_, Option<String>>(4)?.and_then(|word| Ret::read(&word)),
        envid: envid.map(|envid| envid.parse()).transpose().map_err(Damage::Xtext)?,
        received,
        size: natural(row.get(11)?),
        in_file: row.get(12)?,
        since: QueueTime(row.get(13)?),
    })
}

/// Reads the next seven.
pub(super) fn waiting(row: &Row<'_>) -> Result<Waiting, QueueError> {
    let notify: String = row.get(16)?;
    let orcpt: Option<String> = row.get(17)?;
    let trouble: Option<String> = row.get(20)?;
    let recipient = Recipient {
        address: row.get_ref(15)?.as_str().map_err(damaged)?.parse().map_err(Damage::Address)?,
        notify: if notify.is_empty() { Default::default() } else { notify.parse().map_err(Damage::Notify)? },
        orcpt: orcpt.map(|orcpt| orcpt.parse()).transpose().map_err(Damage::Xtext)?,
    };
    let trouble = trouble.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Waiting {
        rid: Rid(row.get(14)?),
        recipient,
        attempts: row.get(18)?,
        warned: row.get(19)?,
        trouble: trouble.map_err(|error| Damage::Record(library_error::json(&error)))?,
    })
}

fn damaged(_: rusqlite::types::FromSqlError) -> Damage {
    Damage::Record("a value is of the wrong kind".to_owned())
}
