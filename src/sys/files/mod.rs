//! The files of the home: opened by directory descriptors and never through a link, private from the moment they exist.
//!
//! Nothing here knows what the files mean. A write is a temporary file, fsync, rename; `Directory::sync` makes the names durable.

mod directory;
mod error;
mod lock;

pub use directory::{Directory, Entry};
pub use error::{Doing, FileError, FileProblem};
pub use lock::{Lock, LockError};
