//! The deliver flow: mail in, the queue, mail out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod clock;
mod crash;
mod crash_engine;
mod disk_full;
mod dns;
mod fake_dns;
mod queue;
mod reports;
mod restart;
mod sink;
mod spool;
