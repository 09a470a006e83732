//! The threads that async code runs on.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// One worker for each processor. Becoming another user has to come before.
pub fn threads() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}
