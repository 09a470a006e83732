//! Looking at the queue: lists, single messages, bodies. On connections of its own, which do not hold up the writer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::deliver::envelope::MailDomain;
use crate::deliver::numbers::Mid;
use crate::model::moment::Moment;
use crate::sys::database;
use crate::sys::files::Directory;

use super::body::{Stored, file_name};
use super::error::{Damage, QueueError};
use super::job::{Queued, Trouble, Waiting};
use super::reading::{COLUMNS, queued, waiting};
use super::store::integer;
use super::time::{QueueTime, Reading, moment};
use super::{BODIES, DATABASE, Selection, store};

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
    /// When it was tried last.
    pub tried: Option<Moment>,
}

/// What waits for one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDomain {
    pub domain: MailDomain,
    pub messages: u64,
    pub recipients: u64,
    pub held: u64,
    /// There is a reason why they were not delivered.
    pub deferred: u64,
    /// Octets of the messages.
    pub bytes: u64,
    /// When the oldest message came.
    pub oldest: Moment,
    /// The earliest moment at which one is due; `None` when all are held.
    pub due: Option<Moment>,
    pub tried: Option<Moment>,
    /// Why the last attempt failed.
    pub trouble: Option<Trouble>,
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

    /// Whether there is a spool in `path`.
    pub fn exists(path: &Path) -> Result<bool, QueueError> {
        Ok(path.is_dir() && Directory::open(path)?.entry(DATABASE)?.is_some())
    }

    /// At most `limit` messages with a MID above `after`, in the order of their MIDs, each with all of its recipients that
    /// are selected.
    pub fn list(&self, which: &Selection, after: Mid, limit: usize) -> Result<Vec<Listed>, QueueError> {
        let (first, last) = which.span();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut values = vec![integer(after.max(first).0).into(), integer(last.0).into(), limit.into()];
        let condition = which.condition(&mut values);
        let sql = format!(
            "SELECT {COLUMNS} FROM recipient r JOIN message m ON m.mid = r.mid WHERE {condition} AND r.mid IN \
             (SELECT DISTINCT r.mid FROM recipient r WHERE r.mid > ?1 AND r.mid <= ?2 AND {condition} \
             ORDER BY r.mid LIMIT ?3) ORDER BY r.mid, r.rid"
        );
        self.with(|connection| {
            let reading = store::reading(connection)?;
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(&values))?;
            let mut listed: Vec<Listed> = Vec::new();
            while let Some(row) = rows.next()? {
                let message = queued(row)?;
                let recipient = ListedRecipient {
                    waiting: waiting(row)?,
                    domain: row.get_ref(23)?.as_str().unwrap_or_default().parse().map_err(Damage::Address)?,
                    held: row.get(22)?,
                    due: by_the_wall(QueueTime(row.get(21)?), reading),
                    tried: row.get::<_, Option<i64>>(24)?.map(|tried| by_the_wall(QueueTime(tried), reading)),
                };
                match listed.last_mut().filter(|last| last.message.mid == message.mid) {
                    Some(last) => last.recipients.push(recipient),
                    None => listed.push(Listed { message, recipients: vec![recipient] }),
                }
            }
            Ok(listed)
        })
    }

    /// The message `mid` with all of its recipients.
    pub fn message(&self, mid: Mid) -> Result<Option<Listed>, QueueError> {
        Ok(self.list(&Selection::message(mid), Mid(0), 1)?.pop())
    }

    /// The selected recipients by domain, those with the most first. One pass over them; memory grows with the domains alone.
    pub fn domains(&self, which: &Selection) -> Result<Vec<ListedDomain>, QueueError> {
        let mut values = Vec::new();
        let condition = which.condition(&mut values);
        // The reason stands in the row that was tried last: SQLite takes bare columns from the row of the one max().
        let sql = format!(
            "SELECT domain, count(DISTINCT mid), count(*), sum(held), sum(held = 0 AND trouble IS NOT NULL), \
             sum(CASE WHEN first THEN size ELSE 0 END), min(arrived), min(CASE WHEN held = 0 THEN due END), trouble, max(tried) \
             FROM (SELECT r.*, m.size, m.arrived, r.rid = min(r.rid) OVER (PARTITION BY r.mid, r.domain) AS first \
             FROM recipient r JOIN message m ON m.mid = r.mid WHERE {condition}) GROUP BY domain ORDER BY 3 DESC, 1"
        );
        self.with(|connection| {
            let reading = store::reading(connection)?;
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(&values))?;
            let mut domains = Vec::new();
            while let Some(row) = rows.next()? {
                domains.push(listed_domain(row, reading)?);
            }
            Ok(domains)
        })
    }

    /// Reads a message as it will be sent.
    pub fn read(&self, message: &Queued) -> Result<Stored, QueueError> {
        self.body(&Directory::open(&self.path.join(BODIES))?, message)
    }

    /// How much is selected.
    pub fn total(&self, which: &Selection) -> Result<Stats, QueueError> {
        let mut values = Vec::new();
        let condition = which.condition(&mut values);
        let sql = format!(
            "SELECT count(*), coalesce(sum(recipients), 0), coalesce(sum(m.size), 0) FROM \
             (SELECT r.mid, count(*) AS recipients FROM recipient r WHERE {condition} GROUP BY r.mid) s \
             JOIN message m ON m.mid = s.mid"
        );
        self.with(|connection| {
            let count = |row: &Row<'_>, column| row.get::<_, i64>(column).map(store::natural);
            let stats = |row: &Row<'_>| {
                Ok(Stats { messages: count(row, 0)?, recipients: count(row, 1)?, bytes: count(row, 2)? })
            };
            Ok(connection.prepare_cached(&sql)?.query_row(params_from_iter(&values), stats)?)
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

fn listed_domain(row: &Row<'_>, reading: Option<Reading>) -> Result<ListedDomain, QueueError> {
    let wall = |time: Option<i64>| time.map(|time| by_the_wall(QueueTime(time), reading));
    let count = |column| row.get::<_, i64>(column).map(store::natural);
    let domain: String = row.get(0)?;
    let trouble: Option<String> = row.get(8)?;
    Ok(ListedDomain {
        domain: domain.parse().map_err(Damage::Address)?,
        messages: count(1)?,
        recipients: count(2)?,
        held: count(3)?,
        deferred: count(4)?,
        bytes: count(5)?,
        oldest: moment(row.get(6)?),
        due: wall(row.get(7)?),
        tried: wall(row.get(9)?),
        trouble: trouble.and_then(|json| serde_json::from_str(&json).ok()),
    })
}

/// Queue time as the wall clock showed it at the last reading, which is at most one commit old.
fn by_the_wall(time: QueueTime, reading: Option<Reading>) -> Moment {
    let Some(reading) = reading else { return Moment::UNIX_EPOCH };
    moment(reading.wall.saturating_add(time.0.saturating_sub(reading.queue.0)))
}
