//! Bodies on their way into the queue and out of it: small ones in memory and in the database, large ones as files beside it.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::task::spawn_blocking;

use crate::deliver::numbers::Mid;
use crate::sys::files::{Directory, FileError};
use crate::sys::spool::SpoolFile;

use super::error::AcceptError;
use super::order::{Order, Ticketed};

/// Octets up to which a body stands in the database. A larger one would hold up everybody whose message is committed with it.
pub const INLINE_LIMIT: usize = 64 << 10;
/// Octets that are collected before they are written to a file.
const CHUNK: usize = 256 << 10;

/// Name of the file for the body of a message.
pub(super) fn file_name(mid: Mid) -> String {
    format!("{mid}.eml")
}

/// The MID that a file in the spool belongs to.
pub(super) fn mid_of(name: &str) -> Option<Mid> {
    name.strip_suffix(".eml")?.parse().ok()
}

/// Takes a message piece by piece. Dropped before it is accepted, it leaves nothing behind.
#[derive(Debug)]
pub struct BodyWriter {
    mid: Mid,
    directory: Arc<Directory>,
    /// Who is told of a disk that fails.
    orders: Sender<Ticketed>,
    buffer: Vec<u8>,
    file: Option<SpoolFile>,
    size: u64,
}

/// A whole message, header and all, that waits to be accepted. A large one is on stable storage already.
#[derive(Debug)]
pub struct Body {
    pub(super) mid: Mid,
    pub(super) size: u64,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Inline(Vec<u8>),
    File(SpoolFile),
}

/// A message that is read from the queue.
#[derive(Debug)]
pub enum Stored {
    Memory(Arc<[u8]>),
    /// Opened at its beginning.
    File {
        file: File,
        size: u64,
    },
}

impl BodyWriter {
    pub(super) fn new(mid: Mid, directory: Arc<Directory>, orders: Sender<Ticketed>) -> BodyWriter {
        BodyWriter { mid, directory, orders, buffer: Vec::new(), file: None, size: 0 }
    }

    pub fn mid(&self) -> Mid {
        self.mid
    }

    /// Octets so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds to the message. After an error the writer is of no more use.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), AcceptError> {
        self.size += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        let limit = if self.file.is_some() { CHUNK } else { INLINE_LIMIT };
        if self.buffer.len() > limit { self.spill().await } else { Ok(()) }
    }

    /// The message is whole; a large one is synced here, while other messages go on.
    pub async fn finish(mut self) -> Result<Body, AcceptError> {
        if self.file.is_some() {
            self.spill().await?;
        }
        let content = match self.file.take() {
            None => Content::Inline(std::mem::take(&mut self.buffer)),
            Some(mut file) => Content::File(self.blocking(move || file.sync().map(|()| file)).await?),
        };
        Ok(Body { mid: self.mid, size: self.size, content })
    }

    async fn spill(&mut self) -> Result<(), AcceptError> {
        let (file, directory, mid) = (self.file.take(), self.directory.clone(), self.mid);
        let bytes = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        let written = move || {
            let mut file = match file {
                Some(file) => file,
                None => SpoolFile::create(&directory, file_name(mid))?,
            };
            file.write(&bytes).map(|()| file)
        };
        self.file = Some(self.blocking(written).await?);
        Ok(())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, AcceptError> {
        let Ok(done) = spawn_blocking(work).await else { return Err(AcceptError::Closed) };
        let done = done.map_err(|error| AcceptError::from_file(&error));
        if matches!(done, Err(AcceptError::Broken)) {
            let _ = self.orders.send(Ticketed { order: Order::Suspect, permit: None });
        }
        done
    }
}

impl Body {
    /// A message that is in memory anyway, such as one of our own reports.
    pub fn from_bytes(mid: Mid, bytes: Vec<u8>) -> Body {
        Body { mid, size: bytes.len() as u64, content: Content::Inline(bytes) }
    }

    pub fn mid(&self) -> Mid {
        self.mid
    }

    /// Octets.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl AcceptError {
    /// No room is one thing, a disk that fails another.
    fn from_file(error: &FileError) -> AcceptError {
        match error.kind() {
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge) => {
                AcceptError::Full
            }
            _ => AcceptError::Broken,
        }
    }
}
