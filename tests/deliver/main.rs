//! The deliver flow: mail in, the queue, mail out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod alerts;
mod attacks_in;
mod attacks_out;
mod attempts;
mod bounces_in;
mod clock;
mod config_check_dns;
mod crash;
mod crash_engine;
mod crash_serve;
mod crowds;
mod dialogue_in;
mod disk_full;
mod dispatch;
mod dns;
mod dns_knot;
mod fake_dns;
mod gate;
mod log;
mod metrics;
mod odd_certificates;
mod outcomes;
mod peers_in;
mod peers_out;
mod queue;
mod queue_commands;
mod reports;
mod restart;
mod send;
mod serve;
mod service;
mod sink;
mod spool;
mod starttls_in;
mod tls_servers;
mod world;
