//! The inspect flow: what files are, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod chain;
mod limbo;
mod pki;
mod verify;
mod verify_hostile;
mod verify_policy;
