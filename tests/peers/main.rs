//! One file per real program that we must agree with, in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod verify_openssl;
