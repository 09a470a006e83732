//! One file per real program that we must agree with, in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod jks_keytool;
mod legacy_keys_openssl;
mod pkcs12_openssl;
mod pkcs12_sample;
mod pkcs7;
mod protection_openssl;
