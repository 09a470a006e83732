//! Opening the spool after an end of any kind: counts what is there and sweeps what a crash left behind. Linear in the queue.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::deliver::log_line::{Details, Event, Level};
use crate::deliver::mail_log::MailLog;
use crate::deliver::numbers::{Mid, Numbers};
use crate::sys::files::Directory;

use super::body::{file_name, mid_of};
use super::error::{Damage, QueueError};
use super::store::{self, natural};

/// What the spool held when it was opened; one line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub messages: u64,
    pub recipients: u64,
    /// Octets of all messages.
    pub bytes: u64,
    /// Files of messages that were never accepted, or were done with; removed.
    pub swept: u64,
    /// Messages whose body is lost or cut off; held, so that an operator looks at them.
    pub damaged: Vec<(Mid, Damage)>,
    pub took: Duration,
}

impl Recovery {
    /// One line for all of it, and one for each message that is damaged.
    pub(super) fn tell(&self, log: &MailLog) {
        let details = Details::new()
            .with("messages", self.messages)
            .with("recipients", self.recipients)
            .with("bytes", self.bytes)
            .with("swept", self.swept)
            .with("damaged", self.damaged.len())
            .with("took", format!("{:.3}", self.took.as_secs_f64()));
        log.say(Event::Engine { level: Level::Info, text: "queue opened".into(), details });
        for (mid, damage) in &self.damaged {
            log.say(Event::engine(Level::Critical, format!("queue: MID {mid} is held, it is damaged: {damage}")));
        }
    }
}

/// Makes the spool agree with itself.
pub(super) fn recover(connection: &Connection, bodies: &Arc<Directory>) -> Result<Recovery, QueueError> {
    let began = Instant::now();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(natural);
    let mut recovery = Recovery {
        messages: count("SELECT count(*) FROM message")?,
        recipients: count("SELECT count(*) FROM recipient")?,
        bytes: count("SELECT coalesce(sum(size), 0) FROM message")?,
        swept: 0,
        damaged: Vec::new(),
        took: Duration::ZERO,
    };
    let mut expected = files_expected(connection)?;
    for (name, _) in bodies.list()? {
        let size = mid_of(&name).and_then(|mid| Some((mid, *expected.get(&mid)?)));
        match size {
            Some((mid, size)) if bodies.open_for_reading(&name)?.1 == size => drop(expected.remove(&mid)),
            Some(_) => {}
            None => {
                bodies.remove(&name)?;
                recovery.swept += 1;
            }
        }
    }
    for (mid, size) in expected {
        store::hold_message(connection, mid)?;
        recovery.damaged.push((mid, Damage::File { name: file_name(mid), size }));
    }
    recovery.damaged.sort_by_key(|(mid, _)| *mid);
    recovery.took = began.elapsed();
    Ok(recovery)
}

/// Reserves the first block of each number.
pub(super) fn reserve(connection: &mut Connection, numbers: &Numbers) -> Result<(), QueueError> {
    let wanted: Vec<_> = numbers.wanted().collect();
    let transaction = connection.transaction()?;
    wanted.iter().try_for_each(|(kind, up_to)| store::reserve(&transaction, *kind, *up_to))?;
    transaction.commit()?;
    wanted.into_iter().for_each(|(kind, up_to)| numbers.reserved(kind, up_to));
    Ok(())
}

/// The size that the file of each large message must have.
fn files_expected(connection: &Connection) -> Result<HashMap<Mid, u64>, QueueError> {
    let mut statement = connection.prepare("SELECT mid, size FROM message WHERE in_file")?;
    let rows = statement.query_map([], |row| Ok((Mid(natural(row.get(0)?)), natural(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
