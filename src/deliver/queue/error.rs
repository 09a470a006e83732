//! Why the queue could not be opened, or did not take a message.

use crate::deliver::envelope::{AddressError, NotifyError, XtextError};
use crate::deliver::status_code::StatusCode;
use crate::sys::database::DatabaseError;
use crate::sys::files::{FileError, LockError};
use crate::sys::library_error;

/// Why the spool could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Another engine has it.
    #[error("the spool is in use: {0}")]
    Lock(#[from] LockError),
    /// It was written by a newer program; both versions.
    #[error("the spool has the format {found}, and this program knows up to {known}")]
    Newer { found: i64, known: i64 },
    #[error("a thread cannot be started: {}", library_error::io(.0))]
    Thread(std::io::Error),
    /// A row holds what nobody wrote there.
    #[error("the spool holds what cannot be read: {0}")]
    Damaged(#[from] Damage),
}

impl From<rusqlite::Error> for QueueError {
    fn from(error: rusqlite::Error) -> QueueError {
        QueueError::Database(error.into())
    }
}

/// A value of a row that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("address: {0}")]
    Address(#[from] AddressError),
    #[error("NOTIFY: {0}")]
    Notify(#[from] NotifyError),
    #[error("xtext: {0}")]
    Xtext(#[from] XtextError),
    #[error("record: {0}")]
    Record(String),
    /// The file of a large body is missing or has another size; name and expected octets.
    #[error("the file {name} of {size} octets is not there or not whole")]
    File { name: String, size: u64 },
}

/// Why a message was not taken. Nothing of it is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// The disk failed. The queue takes nothing more until it has checked itself.
    #[error("the disk failed")]
    Broken,
    /// The engine is ending.
    #[error("the queue is closed")]
    Closed,
}

impl AcceptError {
    /// What is answered to the client (RFC 5321 section 4.2, RFC 3463 section 3).
    pub fn reply(self) -> (u16, StatusCode, &'static str) {
        match self {
            AcceptError::Full => (452, StatusCode::new(4, 3, 1), "Insufficient system storage, try again later"),
            AcceptError::Broken => (451, StatusCode::new(4, 3, 0), "Local error in processing, try again later"),
            AcceptError::Closed => (421, StatusCode::new(4, 3, 2), "Service shutting down, try again later"),
        }
    }
}
