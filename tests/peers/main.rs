//! One file per real program that we must agree with, in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod request_certtool;
mod request_openssl;
#[path = "../support/mod.rs"]
mod support;

mod age;
mod chains_in_a_file;
mod export_gnutls;
mod export_java;
mod export_nss;
mod export_openssl;
mod jks_keytool;
mod key_entries;
mod legacy_keys_openssl;
mod life;
mod mended_chains;
mod mended_served;
mod pem_consumers;
mod pkcs12_damage;
mod pkcs12_gnutls;
mod pkcs12_java;
mod pkcs12_nss;
mod pkcs12_openssl;
mod pkcs12_rfc9879;
mod pkcs12_sample;
mod pkcs7;
mod pkcs8_openssl;
mod protection_openssl;
mod refused_chains;
mod roles;
mod verify_openssl;
