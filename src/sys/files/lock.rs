//! One writer at a time: an advisory lock (flock) that vanishes with its holder.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::directory::Directory;
use super::error::{Doing, FileError};

const PAUSE: Duration = Duration::from_millis(20);

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: OwnedFd,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error(transparent)]
    File(#[from] FileError),
    /// Somebody else still held it after `waited`; `holder` is what they wrote about themselves: process id and command.
    #[error("held by {holder} for more than {waited:?}")]
    Held { holder: String, waited: Duration },
}

impl Lock {
    /// Takes the lock `name` in `directory`, waiting at most `patience`, and writes down who holds it.
    pub fn take(directory: &Directory, name: &str, patience: Duration) -> Result<Lock, LockError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = rustix::fs::openat(directory.descriptor(), name, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| directory.error(Doing::Open, name, errno))?;
        let began = Instant::now();
        loop {
            match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if began.elapsed() >= patience => {
                    return Err(LockError::Held { holder: holder(fd), waited: patience });
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => sleep(PAUSE),
                Err(errno) => return Err(directory.error(Doing::Open, name, errno).into()),
            }
        }
        // Who holds it is only for the message of others: a full disk must not stop a `change prune`.
        let _ = write_holder(&fd);
        Ok(Lock { _file: fd })
    }

    /// Who holds the lock `name` in `directory` now, in their own words: process id and command; `None` when nobody does. Takes nothing
    /// and makes nothing.
    pub fn holder(directory: &Directory, name: &str) -> Result<Option<String>, FileError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = match rustix::fs::openat(directory.descriptor(), name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(directory.error(Doing::Open, name, errno)),
        };
        match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockShared) {
            Err(Errno::WOULDBLOCK) => Ok(Some(holder(fd))),
            // Given back with the descriptor.
            Ok(()) | Err(Errno::INTR) => Ok(None),
            Err(errno) => Err(directory.error(Doing::Open, name, errno)),
        }
    }
}

fn write_holder(fd: &OwnedFd) -> std::io::Result<()> {
    rustix::fs::ftruncate(fd, 0)?;
    let words: Vec<String> =
        std::env::args_os().skip(1).take(8).map(|word| word.to_string_lossy().into_owned()).collect();
    let text = format!("process {} (sealpost {})\n", std::process::id(), words.join(" "));
    File::from(fd.try_clone()?).write_all(text.as_bytes())
}

fn holder(fd: OwnedFd) -> String {
    let mut text = String::new();
    let _ = File::from(fd).take(400).read_to_string(&mut text);
    match text.trim() {
        "" => "another process".to_owned(),
        known => known.to_owned(),
    }
}
