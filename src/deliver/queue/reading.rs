//! Rows of the queue's tables as values.

use rusqlite::{Connection, Row, params};

use crate::deliver::envelope::{BodyType, MailDomain, Received, Recipient, Ret};
use crate::deliver::numbers::{Icid, Mid, Rid};

use super::error::{Damage, QueueError};
use super::job::{Queued, Waiting};
use super::store::natural;
use super::time::{QueueTime, moment};

/// Columns that `queued` and `waiting` read, in their order.
pub(super) const COLUMNS: &str = "m.mid, m.sender, m.eightbit, m.smtputf8, m.ret, m.envid, m.arrived, m.icid, m.helo, \
     m.address, m.over_tls, m.size, m.in_file, m.since, \
     r.rid, r.address, r.notify, r.orcpt, r.attempts, r.warned, r.trouble, r.due, r.held, r.domain";

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
    pub message: Queued,
    pub waiting: Waiting,
    pub domain: MailDomain,
    pub at: Cursor,
}

/// At most `limit` recipients that are due by `now` and stand behind `cursor`.
pub(super) fn due(
    connection: &Connection,
    cursor: Cursor,
    now: QueueTime,
    limit: usize,
) -> Result<Vec<DueRow>, QueueError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM recipient r JOIN message m ON m.mid = r.mid \
         WHERE r.held = 0 AND (r.due, r.mid, r.rid) > (?1, ?2, ?3) AND r.due <= ?4 ORDER BY r.due, r.mid, r.rid LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows =
        statement.query(params![cursor.due.0, super::store::integer(cursor.mid.0), cursor.rid.0, now.0, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(due_row(row)?);
    }
    Ok(found)
}

/// At most `limit` recipients at `domain` that are due by `now`, the oldest first.
pub(super) fn due_at(
    connection: &Connection,
    domain: &MailDomain,
    now: QueueTime,
    limit: usize,
) -> Result<Vec<DueRow>, QueueError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM recipient r JOIN message m ON m.mid = r.mid \
         WHERE r.domain = ?1 AND r.held = 0 AND r.due <= ?2 ORDER BY r.due, r.mid, r.rid LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![domain.to_string(), now.0, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(due_row(row)?);
    }
    Ok(found)
}

/// When the next recipient behind `cursor` is due.
pub(super) fn next_due(connection: &Connection, cursor: Cursor) -> Result<Option<QueueTime>, rusqlite::Error> {
    let mut statement = connection.prepare_cached("SELECT min(due) FROM recipient WHERE held = 0 AND due > ?1")?;
    statement.query_row([cursor.due.0], |row| Ok(row.get::<_, Option<i64>>(0)?.map(QueueTime)))
}

fn due_row(row: &Row<'_>) -> Result<DueRow, QueueError> {
    let message = queued(row)?;
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
        trouble: trouble.map_err(|error| Damage::Record(error.to_string()))?,
    })
}

fn damaged(error: rusqlite::types::FromSqlError) -> Damage {
    Damage::Record(error.to_string())
}
