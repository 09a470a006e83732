//! What a PKCS#12 file tells about its protection without a password.

use std::fmt;

use der::{Encode, Tag};

use super::structure::{self, Pfx, Safe};
use super::{Pkcs12Error, bags};
use crate::formats::encryption;

/// What guards a file against change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mac {
    None,
    /// RFC 7292: `HMAC-SHA-256 (2,048 iterations)`.
    Classic(String),
    /// RFC 9879: readers of before 2024 call the right password wrong.
    Pbmac1(String),
}

/// The protection of a file, for people, before they are asked for a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    pub mac: Mac,
    /// Every encryption that can be seen from outside, once each, in file order. Empty: anybody can read it.
    pub encryption: Vec<String>,
    legacy: bool,
    openssl_legacy: bool,
}

impl Protection {
    /// Whether a password is needed: to decrypt, or only to check the MAC.
    pub fn needs_password(&self) -> bool {
        self.mac != Mac::None || !self.encryption.is_empty()
    }

    /// Whether OpenSSL 3 opens it with its legacy provider only (`-legacy`): a part is under RC2, RC4 or DES with one key.
    pub fn needs_openssl_legacy(&self) -> bool {
        self.openssl_legacy
    }

    /// Whether any part rests on MD5, SHA-1, DES, RC2 or RC4, which an attacker with the file can break far too cheaply.
    pub fn is_legacy(&self) -> bool {
        self.legacy
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.encryption.as_slice() {
            [] => f.write_str("not encrypted")?,
            some => f.write_str(&some.join("; "))?,
        }
        match &self.mac {
            Mac::None => f.write_str("; no MAC"),
            Mac::Classic(text) => write!(f, "; MAC {text}"),
            Mac::Pbmac1(text) => write!(f, "; MAC {text}"),
        }
    }
}

/// Tells how a file is protected. Nothing is computed, so nothing is proved: a MAC may still be wrong.
///
/// # Errors
/// `NotPkcs12` when it is something else; `Truncated`, `Malformed` and `Unsupported`.
pub fn inspect(bytes: &[u8]) -> Result<Protection, Pkcs12Error> {
    let der = structure::der(bytes)?;
    let pfx = Pfx::read(&der)?;
    let algorithms = visible_algorithms(&structure::safes(pfx.authenticated)?)?;
    let mut encryption = Vec::new();
    for name in algorithms.iter().map(|algorithm| encryption::describe(algorithm)) {
        if !encryption.contains(&name) {
            encryption.push(name);
        }
    }
    let legacy = algorithms.iter().any(|algorithm| encryption::is_legacy(algorithm))
        || pfx.mac.as_ref().is_some_and(|mac| mac.is_weak());
    let mac = match &pfx.mac {
        None => Mac::None,
        Some(mac) if mac.is_pbmac1() => Mac::Pbmac1(mac.describe()),
        Some(mac) => Mac::Classic(mac.describe()),
    };
    let openssl_legacy = algorithms.iter().any(|algorithm| encryption::is_openssl_legacy(algorithm));
    Ok(Protection { mac, encryption, legacy, openssl_legacy })
}

/// The AlgorithmIdentifiers that can be seen without a password, in file order: of encrypted safes, and of encrypted
/// keys in plain safes.
pub fn visible_algorithms(safes: &[Safe]) -> Result<Vec<Vec<u8>>, Pkcs12Error> {
    let mut algorithms = Vec::new();
    for safe in safes {
        match safe {
            Safe::Encrypted { algorithm, .. } => algorithms.push(algorithm.clone()),
            Safe::Plain(contents) => bags::each(contents, &mut |bag| {
                if bag.id == bags::SHROUDED_KEY {
                    let mut fields = crate::formats::der_fields::Fields::of(bag.value, Tag::Sequence)?;
                    algorithms.push(fields.any()?.to_der()?);
                }
                Ok(())
            })?,
        }
    }
    Ok(algorithms)
}
