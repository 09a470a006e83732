//! Why a file of the home could not be used.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::sys::library_error;
use rustix::io::Errno;

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    Open,
    Read,
    List,
    Write,
    Make,
    Rename,
    Remove,
    /// fsync: whether it is on the disk is not known.
    Sync,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doing::Open => "open",
            Doing::Read => "read",
            Doing::List => "list",
            Doing::Write => "write",
            Doing::Make => "make",
            Doing::Rename => "rename",
            Doing::Remove => "remove",
            Doing::Sync => "sync",
        })
    }
}

/// A file or directory, what was tried with it, and why that did not work.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {problem}", path.display())]
pub struct FileError {
    pub doing: Doing,
    pub path: PathBuf,
    pub problem: FileProblem,
}

#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    #[error("{}", library_error::io(.0))]
    Io(io::Error),
    /// A symbolic link stands where a file or directory belongs.
    #[error("it is a symbolic link")]
    Link,
    /// A secret that group or others may use; the permission bits.
    #[error("its mode is {0:04o}")]
    Exposed(u32),
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    #[error("it is no regular file")]
    NotAFile,
    #[error("it is no directory")]
    NotADirectory,
    #[error("its name is not one that sealpost gives")]
    StrangeName,
}

impl FileError {
    pub(super) fn new(doing: Doing, path: PathBuf, problem: FileProblem) -> FileError {
        FileError { doing, path, problem }
    }

    pub(super) fn errno(doing: Doing, path: PathBuf, errno: Errno) -> FileError {
        let problem = match errno {
            Errno::LOOP => FileProblem::Link,
            Errno::NOTDIR => FileProblem::NotADirectory,
            other => FileProblem::Io(other.into()),
        };
        FileError { doing, path, problem }
    }

    /// There is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(&self.problem, FileProblem::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// The operating system's own kind, where it was the system that refused.
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match &self.problem {
            FileProblem::Io(error) => Some(error.kind()),
            _ => None,
        }
    }
}
