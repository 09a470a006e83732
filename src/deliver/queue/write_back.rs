//! The thread that writes the log of the database back into it, so that the one that commits need not stop for it.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::sys::database::{self, DatabaseError};
use crate::sys::files::Directory;

use super::DATABASE;

/// Pages that are worth it: enough that two syncs for them do not matter, few enough that the rest, which stops a commit when the log
/// is at its longest, is small.
const PAGES: u64 = 1_000;

pub(super) struct WriteBack {
    /// `None` at the end.
    wishes: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WriteBack {
    pub fn start(directory: &Directory) -> io::Result<WriteBack> {
        let (wishes, received) = sync_channel(1);
        let path = directory.path().to_owned();
        let thread = std::thread::Builder::new().name("write back".into()).spawn(move || run(&path, &received))?;
        Ok(WriteBack { wishes: Some(wishes), thread: Some(thread) })
    }

    /// After a commit on `connection`: has the log written back when it has become long.
    pub fn look(&self, connection: &Connection) {
        if let Some(wishes) = &self.wishes
            && database::pages_to_write_back(connection).is_ok_and(|pages| pages >= PAGES)
        {
            // One wish waits already otherwise.
            let _ = wishes.try_send(());
        }
    }
}

impl Drop for WriteBack {
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A disk that fails here fails the next commit too, which knows what to do.
fn run(path: &Path, wishes: &Receiver<()>) {
    let mut kept = None;
    while wishes.recv().is_ok() {
        kept = write_back(path, kept.take()).ok();
    }
}

fn write_back(path: &Path, kept: Option<Connection>) -> Result<Connection, DatabaseError> {
    let connection = match kept {
        Some(connection) => connection,
        None => database::open_for_write_back(&Directory::open(path)?, DATABASE)?,
    };
    database::write_back(&connection)?;
    Ok(connection)
}
