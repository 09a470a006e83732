//! The queue's tables: every statement that changes them.

use rusqlite::{Connection, OptionalExtension, params};

use crate::deliver::envelope::{BodyType, Envelope};
use crate::deliver::numbers::{Kind, Mid, Rid};

use super::body::{Body, Content};
use super::error::QueueError;
use super::job::Trouble;
use super::time::{QueueTime, Reading, microseconds};

/// Format that this program writes.
const VERSION: i64 = 1;

type Sql<T> = Result<T, rusqlite::Error>;

/// Makes the tables in a new database; refuses one of a newer program.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), QueueError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => {
            let transaction = connection.transaction()?;
            transaction.execute_batch(include_str!("schema.sql"))?;
            Ok(transaction.commit()?)
        }
        VERSION => Ok(()),
        found => Err(QueueError::Newer { found, known: VERSION }),
    }
}

/// The numbers reserved so far, in the order of `Kind::ALL`.
pub(super) fn reserved(connection: &Connection) -> Sql<[u64; 3]> {
    let mut reserved = [0; 3];
    for (place, kind) in reserved.iter_mut().zip(Kind::ALL) {
        let mut statement = connection.prepare_cached("SELECT reserved FROM number WHERE kind = ?1")?;
        let number: Option<i64> = statement.query_row([kind.word()], |row| row.get(0)).optional()?;
        *place = u64::try_from(number.unwrap_or(0)).unwrap_or(0);
    }
    Ok(reserved)
}

pub(super) fn reserve(connection: &Connection, kind: Kind, up_to: u64) -> Sql<()> {
    let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO number (kind, reserved) VALUES (?1, ?2)")?;
    statement.execute(params![kind.word(), integer(up_to)]).map(drop)
}

pub(super) fn reading(connection: &Connection) -> Sql<Option<Reading>> {
    let read = |row: &rusqlite::Row<'_>| Ok(Reading { queue: QueueTime(row.get(0)?), wall: row.get(1)? });
    connection.prepare_cached("SELECT queue, wall FROM clock")?.query_row([], read).optional()
}

pub(super) fn keep_reading(connection: &Connection, reading: Reading) -> Sql<()> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO clock (id, queue, wall) VALUES (0, ?1, ?2)")?;
    statement.execute(params![reading.queue.0, reading.wall]).map(drop)
}

/// Adds a message whose recipients are due at `now`.
pub(super) fn insert(connection: &Connection, envelope: &Envelope, body: &Body, now: QueueTime) -> Sql<()> {
    let mid = integer(body.mid.0);
    let received = &envelope.received;
    connection
        .prepare_cached("INSERT INTO message VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")?
        .execute(params![
            mid,
            envelope.sender.to_string(),
            envelope.body == BodyType::EightBitMime,
            envelope.smtputf8,
            envelope.ret.map(|ret| ret.word()),
            envelope.envid.as_ref().map(ToString::to_string),
            microseconds(received.at),
            received.icid.map(|icid| integer(icid.0)),
            received.helo,
            received.address.map(|address| address.to_string()),
            received.over_tls,
            integer(body.size),
            matches!(body.content, Content::File(_)),
            now.0,
        ])?;
    if let Content::Inline(bytes) = &body.content {
        connection.prepare_cached("INSERT INTO body VALUES (?1, ?2)")?.execute(params![mid, bytes])?;
    }
    let mut statement =
        connection.prepare_cached("INSERT INTO recipient VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, NULL, 0, NULL)")?;
    for (rid, recipient) in (0_u32..).zip(&envelope.recipients) {
        statement.execute(params![
            mid,
            rid,
            recipient.address.to_string(),
            recipient.address.domain().to_string(),
            recipient.notify.to_string(),
            recipient.orcpt.as_ref().map(ToString::to_string),
            now.0,
        ])?;
    }
    Ok(())
}

/// The recipient is done with. Whether it was still there.
pub(super) fn remove_recipient(connection: &Connection, mid: Mid, rid: Rid) -> Sql<bool> {
    let mut statement = connection.prepare_cached("DELETE FROM recipient WHERE mid = ?1 AND rid = ?2")?;
    Ok(statement.execute(params![integer(mid.0), rid.0])? > 0)
}

/// The recipient waits until `due`.
pub(super) fn wait(connection: &Connection, mid: Mid, rid: Rid, due: QueueTime, state: &State) -> Sql<()> {
    let trouble = state.trouble.as_ref().and_then(|trouble| serde_json::to_string(trouble).ok());
    connection
        .prepare_cached(
            "UPDATE recipient SET due = ?3, attempts = ?4, tried = coalesce(?5, tried), warned = ?6, trouble = ?7 WHERE mid = ?1 AND rid = ?2",
        )?
        .execute(params![integer(mid.0), rid.0, due.0, state.attempts, state.tried.map(|tried| tried.0), state.warned, trouble])
        .map(drop)
}

/// What a waiting recipient carries along.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub attempts: u32,
    /// When this result came; `None` when nothing was tried.
    pub tried: Option<QueueTime>,
    pub warned: bool,
    pub trouble: Option<Trouble>,
}

/// A message that is gone.
pub(super) struct Removed {
    pub size: u64,
    pub in_file: bool,
}

/// Removes the message when no recipient is left; `None` when there is one, or when it was gone before.
pub(super) fn remove_if_done(connection: &Connection, mid: Mid) -> Sql<Option<Removed>> {
    let mid = integer(mid.0);
    let left = connection.prepare_cached("SELECT 1 FROM recipient WHERE mid = ?1 LIMIT 1")?.exists([mid])?;
    if left {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached("DELETE FROM message WHERE mid = ?1 RETURNING size, in_file")?;
    let removed = |row: &rusqlite::Row<'_>| Ok(Removed { size: natural(row.get(0)?), in_file: row.get(1)? });
    let removed = statement.query_row([mid], removed).optional()?;
    if removed.as_ref().is_some_and(|removed| !removed.in_file) {
        connection.prepare_cached("DELETE FROM body WHERE mid = ?1")?.execute([mid])?;
    }
    Ok(removed)
}

/// Holds every recipient of a message.
pub(super) fn hold_message(connection: &Connection, mid: Mid) -> Sql<()> {
    let mut statement = connection.prepare_cached("UPDATE recipient SET held = 1 WHERE mid = ?1")?;
    statement.execute([integer(mid.0)]).map(drop)
}

/// Holds one recipient.
pub(super) fn hold_recipient(connection: &Connection, mid: Mid, rid: Rid) -> Sql<()> {
    let mut statement = connection.prepare_cached("UPDATE recipient SET held = 1 WHERE mid = ?1 AND rid = ?2")?;
    statement.execute(params![integer(mid.0), rid.0]).map(drop)
}

/// SQLite's integers have a sign; a number that does not fit has not been reached in the life of a machine.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
