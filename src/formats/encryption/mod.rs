//! Encryption by password: PBES1 and PBES2 (RFC 8018) and the schemes of PKCS#12 (RFC 7292 appendix C).
//!
//! `scheme` reads and describes an AlgorithmIdentifier, `kdf` turns a password into a key, `cipher` is the rest.

mod cipher;
pub(super) mod kdf;
pub(super) mod names;
mod password;
mod scheme;

pub(super) use password::Password;
pub(super) use scheme::{
    Pbkdf2, Scheme, describe, identifier, is_legacy, is_openssl_legacy, iterations_for_people, pbkdf2_parameters,
    random,
};

/// The most iterations that are computed for one key. RFC 9879 names 5,000,000 as a bound that no honest file
/// exceeds; without one, a small file can keep a program busy for years.
pub const MOST_ITERATIONS: u64 = 5_000_000;

/// What OWASP asks of PBKDF2-HMAC-SHA-256, and what every reader of PBES2 tried here accepts.
pub(super) const ITERATIONS: u32 = 600_000;

/// Why something could not be decrypted or encrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum EncryptionError {
    #[error("{0} is not supported")]
    Unsupported(String),
    #[error("{iterations} iterations; at most {MOST_ITERATIONS} are computed")]
    TooManyIterations { iterations: u64 },
    #[error("the parameters of the encryption are damaged")]
    Malformed,
    /// The padding is not there: another password, or other bytes.
    #[error("it does not decrypt")]
    WrongKey,
}

/// Checks a count of iterations before anything is computed.
pub(super) fn iterations(count: i128) -> Result<u32, EncryptionError> {
    match u64::try_from(count.min(i128::from(u64::MAX))) {
        Ok(count) if count > MOST_ITERATIONS => Err(EncryptionError::TooManyIterations { iterations: count }),
        Ok(count) if count > 0 => u32::try_from(count).map_err(|_| EncryptionError::Malformed),
        _ => Err(EncryptionError::Malformed),
    }
}
