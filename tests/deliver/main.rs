//! The deliver flow: mail in, the queue, mail out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod attacks_in;
mod crowds;
mod dialogue_in;
mod dns;
mod fake_dns;
mod gate;
mod metrics;
mod outcomes;
mod peers_in;
mod queue;
mod reports;
mod serve;
mod sink;
mod spool;
mod starttls_in;
mod world;
