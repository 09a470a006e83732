//! The threads that async code runs on.

use std::io;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};

/// One worker for each processor. Becoming another user has to come before.
pub fn threads() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

/// Allows as many open files, and so connections, as the administrator lets us have.
pub fn raise_open_files() -> io::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    Ok(setrlimit(Resource::Nofile, limit)?)
}
