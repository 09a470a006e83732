//! A durable SQLite database: what a transaction has committed survives a crash of the program and of the machine.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::files::{Directory, Entry, FileError};
use crate::sys::library_error;

/// Readers and the writer do not wait for each other; this is for a checkpoint that another connection is in.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an error of the database means for whoever writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    /// The disk is full, or a limit of the system says so. Nothing was written.
    Full,
    /// The disk failed, or the file is not what it was. The connection is to be opened anew.
    Broken,
    /// Neither: a mistake of the program.
    Other,
}

/// What `error` means.
pub fn ailment(error: &rusqlite::Error) -> Ailment {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Ailment::Full,
        Some(
            ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::NotADatabase
            | ErrorCode::OutOfMemory,
        ) => Ailment::Broken,
        _ => Ailment::Other,
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the database cannot be used: {}", library_error::sqlite(.0))]
    Sqlite(#[from] rusqlite::Error),
}

/// Opens the database `name` in `directory` for its one writer; makes the file, 0600, when there is none.
///
/// Every commit is on stable storage when it returns: write-ahead log, synced each time.
pub fn open_writer(directory: &Directory, name: &str) -> Result<Connection, DatabaseError> {
    if directory.entry(name)? != Some(Entry::File) {
        directory.create(name, b"")?;
        directory.sync()?;
    }
    let connection = open(&directory.path().join(name), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Pages of the log after which a commit writes back what nobody has written back yet, so that it does not grow on: rare enough not
    // to matter, small enough to read quickly after a crash.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(connection)
}

/// Opens the database beside its writer, to write its log back.
pub fn open_for_write_back(directory: &Directory, name: &str) -> Result<Connection, DatabaseError> {
    Ok(open(&directory.path().join(name), OpenFlags::SQLITE_OPEN_READ_WRITE)?)
}

/// Opens the database for looking only.
pub fn open_reader(directory: &Directory, name: &str) -> Result<Connection, DatabaseError> {
    Ok(open(&directory.path().join(name), OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Pages of the log that are not written back into the database.
pub fn pages_to_write_back(connection: &Connection) -> Result<u64, rusqlite::Error> {
    let mut statement = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
    let pages = statement.query_row([], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))?;
    Ok(u64::try_from(pages).unwrap_or(0))
}

/// Writes the log back into the database, as far as it goes without being in anybody's way.
pub fn write_back(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
}

/// Writes the log back into the database and gives its room on the disk back, as far as nobody reads from it.
pub fn shrink_log(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn open(path: &Path, mode: OpenFlags) -> Result<Connection, rusqlite::Error> {
    // Each connection stays in one thread at a time, so SQLite need not lock it.
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // KiB of pages kept in memory.
    connection.pragma_update(None, "cache_size", -8_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
