//! The deliver flow: mail in, the queue, mail out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod queue;
mod spool;
