//! Looking at the queue: lists, single messages, bodies. On connections of its own, which do not hold up the writer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::deliver::envelope::MailDomain;
use crate::deliver::numbers::Mid;
use crate::model::moment::Moment;
use crate::sys::database;
use crate::sys::files::Directory;

use super::body::{Stored, file_name};
use super::error::{Damage, QueueError};
use super::job::{Queued, Waiting};
use super::reading::{COLUMNS, queued, waiting};
use super::store::integer;
use super::time::{QueueTime, Reading, moment};
use super::{DATABASE, Selection, store};

/// Connections that are kept open between looks.
const KEPT: usize = 4;

/// How much is in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Stats {
    pub messages: u64,
    pub recipients: u64,
    /// Octets of all messages.
    pub bytes: u64,
}

/// A message with its recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub message: Queued,
    pub recipients: Vec<ListedRecipient>,
}

/// A recipient that waits, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecipient {
    pub waiting: Waiting,
    pub domain: MailDomain,
    pub held: bool,
    /// By the wall clock, if nobody sets it in the meantime.
    pub due: Moment,
}

/// A look at a spool, with or without an engine that has it open. All of it blocks: not for an async worker.
#[derive(Clone)]
pub struct View {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl View {
    pub(super) fn new(path: PathBuf) -> View {
        View { path, idle: Arc::default() }
    }

    /// Looks at the spool in the directory `path` without opening it for writing.
    pub fn of(path: &Path) -> View {
        View::new(path.to_owned())
    }

    /// At most `limit` messages with a MID above `after`, in the order of their MIDs, each with all of its recipients that
    /// are selected.
    pub fn list(&self, which: &Selection, after: Mid, limit: usize) -> Result<Vec<Listed>, QueueError> {
        let (inner, value) = which.condition("recipient");
        let (outer, _) = which.condition("r");
        let sql = format!(
            "SELECT {COLUMNS} FROM recipient r JOIN message m ON m.mid = r.mid WHERE {outer} AND r.mid IN \
             (SELECT DISTINCT mid FROM recipient WHERE mid > ?2 AND {inner} ORDER BY mid LIMIT ?3) ORDER BY r.mid, r.rid"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.with(|connection| {
            let reading = store::reading(connection)?;
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(params![value, integer(after.0), limit])?;
            let mut listed: Vec<Listed> = Vec::new();
            while let Some(row) = rows.next()? {
                let message = queued(row)?;
                let recipient = ListedRecipient {
                    waiting: waiting(row)?,
                    domain: row.get_ref(23)?.as_str().unwrap_or_default().parse().map_err(Damage::Address)?,
                    held: row.get(22)?,
                    due: by_the_wall(QueueTime(row.get(21)?), reading),
                };
                match listed.last_mut().filter(|last| last.message.mid == message.mid) {
                    Some(last) => last.recipients.push(recipient),
                    None => listed.push(Listed { message, recipients: vec![recipient] }),
                }
            }
            Ok(listed)
        })
    }

    /// How much is in the queue, counted now.
    pub fn stats(&self) -> Result<Stats, QueueError> {
        self.with(|connection| {
            let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(store::natural);
            Ok(Stats {
                messages: count("SELECT count(*) FROM message")?,
                recipients: count("SELECT count(*) FROM recipient")?,
                bytes: count("SELECT coalesce(sum(size), 0) FROM message")?,
            })
        })
    }

    pub(super) fn body(&self, bodies: &Directory, message: &Queued) -> Result<Stored, QueueError> {
        if message.in_file {
            let name = file_name(message.mid);
            let (file, size) = bodies.open_for_reading(&name)?;
            return match size == message.size {
                true => Ok(Stored::File { file, size }),
                false => Err(Damage::File { name, size: message.size }.into()),
            };
        }
        let bytes: Option<Vec<u8>> = self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT bytes FROM body WHERE mid = ?1")?;
            Ok(statement.query_row([integer(message.mid.0)], |row| row.get(0)).optional()?)
        })?;
        match bytes {
            Some(bytes) if bytes.len() as u64 == message.size => Ok(Stored::Memory(bytes.into())),
            _ => Err(Damage::Record(format!("the body of message {} is not there or not whole", message.mid)).into()),
        }
    }

    /// Works with one of the connections.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, QueueError>) -> Result<T, QueueError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => database::open_reader(&Directory::open(&self.path)?, DATABASE)?,
        };
        // After an error the connection is not used again.
        let done = work(&connection)?;
        let mut idle = idle();
        if idle.len() < KEPT {
            idle.push(connection);
        }
        Ok(done)
    }
}

/// Queue time as the wall clock showed it at the last reading, which is at most one commit old.
fn by_the_wall(time: QueueTime, reading: Option<Reading>) -> Moment {
    let Some(reading) = reading else { return Moment::UNIX_EPOCH };
    moment(reading.wall.saturating_add(time.0.saturating_sub(reading.queue.0)))
}
