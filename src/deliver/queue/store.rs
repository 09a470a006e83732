//! The queue's tables: every statement that changes them.

use rusqlite::{Connection, OptionalExtension, params};

use crate::deliver::envelope::{BodyType, Envelope};
use crate::deliver::numbers::{Kind, Mid, Rid};

use super::body::{Body, Content};
use super::error::QueueError;
use super::job::{Queued, Trouble};
use super::select::Selection;
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
        connection.prepare_cached("INSERT INTO recipient VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, NULL)")?;
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
            "UPDATE recipient SET due = ?3, attempts = ?4, warned = ?5, trouble = ?6 WHERE mid = ?1 AND rid = ?2",
        )?
        .execute(params![integer(mid.0), rid.0, due.0, state.attempts, state.warned, trouble])
        .map(drop)
}

/// What a waiting recipient carries along.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub attempts: u32,
    pub warned: bool,
    pub trouble: Option<Trouble>,
}

/// Removes the message when no recipient is left. Whether it did.
pub(super) fn remove_if_done(connection: &Connection, message: &Queued) -> Sql<bool> {
    let mid = integer(message.mid.0);
    let left = connection.prepare_cached("SELECT 1 FROM recipient WHERE mid = ?1 LIMIT 1")?.exists([mid])?;
    if left {
        return Ok(false);
    }
    if !message.in_file {
        connection.prepare_cached("DELETE FROM body WHERE mid = ?1")?.execute([mid])?;
    }
    Ok(connection.prepare_cached("DELETE FROM message WHERE mid = ?1")?.execute([mid])? > 0)
}

/// Holds recipients: they are not tried until released. How many were not held before.
pub(super) fn hold(connection: &Connection, which: &Selection) -> Sql<usize> {
    let (condition, value) = which.condition("recipient");
    connection.execute(&format!("UPDATE recipient SET held = 1 WHERE held = 0 AND {condition}"), [value])
}

/// Holds one recipient.
pub(super) fn hold_recipient(connection: &Connection, mid: Mid, rid: Rid) -> Sql<()> {
    let mut statement = connection.prepare_cached("UPDATE recipient SET held = 1 WHERE mid = ?1 AND rid = ?2")?;
    statement.execute(params![integer(mid.0), rid.0]).map(drop)
}

/// Releases held recipients; they are due at `now`.
pub(super) fn release(connection: &Connection, which: &Selection, now: QueueTime) -> Sql<usize> {
    let (condition, value) = which.condition("recipient");
    let sql = format!("UPDATE recipient SET held = 0, due = ?2 WHERE held = 1 AND {condition}");
    connection.execute(&sql, params![value, now.0])
}

/// Makes waiting recipients due at `now`.
pub(super) fn flush(connection: &Connection, which: &Selection, now: QueueTime) -> Sql<usize> {
    let (condition, value) = which.condition("recipient");
    let sql = format!("UPDATE recipient SET due = ?2 WHERE held = 0 AND due > ?2 AND {condition}");
    connection.execute(&sql, params![value, now.0])
}

/// What was dropped.
#[derive(Debug, Default)]
pub(super) struct Removed {
    pub recipients: usize,
    pub messages: usize,
    pub bytes: u64,
    /// Messages whose body is a file.
    pub files: Vec<Mid>,
}

/// Removes recipients, and the messages that have none left, without telling anybody.
pub(super) fn drop_recipients(connection: &Connection, which: &Selection) -> Sql<Removed> {
    let (condition, value) = which.condition("recipient");
    connection
        .execute_batch("CREATE TEMP TABLE IF NOT EXISTS dropped (mid INTEGER PRIMARY KEY); DELETE FROM dropped")?;
    connection.execute(
        &format!("INSERT OR IGNORE INTO dropped SELECT DISTINCT mid FROM recipient WHERE {condition}"),
        [&value],
    )?;
    let recipients = connection.execute(&format!("DELETE FROM recipient WHERE {condition}"), [&value])?;
    connection.execute("DELETE FROM dropped WHERE mid IN (SELECT mid FROM recipient)", [])?;
    let bytes: i64 = connection.query_row(
        "SELECT coalesce(sum(size), 0) FROM message WHERE mid IN (SELECT mid FROM dropped)",
        [],
        |row| row.get(0),
    )?;
    let mut files = connection.prepare("SELECT mid FROM message WHERE in_file AND mid IN (SELECT mid FROM dropped)")?;
    let files =
        files.query_map([], |row| row.get::<_, i64>(0))?.map(|mid| Ok(Mid(natural(mid?)))).collect::<Sql<_>>()?;
    connection.execute("DELETE FROM body WHERE mid IN (SELECT mid FROM dropped)", [])?;
    let messages = connection.execute("DELETE FROM message WHERE mid IN (SELECT mid FROM dropped)", [])?;
    Ok(Removed { recipients, messages, bytes: natural(bytes), files })
}

/// SQLite's integers have a sign; a number that does not fit has not been reached in the life of a machine.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
