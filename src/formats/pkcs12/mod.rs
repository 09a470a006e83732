//! PKCS#12 (RFC 7292, RFC 9879): told without a password, opened, written.
//!
//! `structure` finds the parts, `protection` tells about them, `mac` checks them, `open` reads them, with `library`
//! first, `bags` is what stands inside, `seal` writes.

mod bags;
mod library;
mod mac;
mod open;
mod protection;
mod seal;
mod structure;
#[cfg(test)]
mod tests;

pub use open::{Archive, Content, Entry, open};
pub use protection::{Mac, Protection, inspect};
pub use seal::{Contents, Recipe, seal};

use super::ber::BerError;
use super::der_fields::Malformed;
use super::encryption::{EncryptionError, MOST_ITERATIONS};

/// Why a PKCS#12 file could not be read or written. `WrongPassword` is never said of a file that is cut short,
/// unsupported, or something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    #[error("it is no PKCS#12 file")]
    NotPkcs12,
    /// The file ends at byte `at`; `of` is the length that it announces, where it does.
    #[error("it is truncated at byte {at}{}", of.map(|of| format!(" of {of}")).unwrap_or_default())]
    Truncated { at: usize, of: Option<usize> },
    /// The beginning is that of a PKCS#12 file, but this part is not as RFC 7292 has it.
    #[error("it is damaged: {0}")]
    Malformed(String),
    #[error("{0} is not supported")]
    Unsupported(String),
    #[error("it asks for {iterations} iterations; at most {MOST_ITERATIONS} are computed")]
    TooManyIterations { iterations: u64 },
    /// RFC 9879: a PBMAC1 key outside 20 to 64 bytes, or of a length that is not told, protects nothing.
    #[error("the key of its MAC has {} bytes; 20 to 64 are needed", length.map_or("no known number of".into(), |n| n.to_string()))]
    BadKeyLength { length: Option<i128> },
    /// The MAC was computed, and it is another one.
    #[error("wrong password")]
    WrongPassword,
    /// It does not decrypt, and there is no MAC that would tell why.
    #[error("wrong password, or a damaged file: it has no MAC that would tell which")]
    WrongPasswordOrDamaged,
    /// The MAC is right, but this part is encrypted with another password.
    #[error("the password is right, but {0} is encrypted with another one")]
    OtherPassword(&'static str),
    #[error("an empty password protects nothing")]
    EmptyPassword,
}

impl From<Malformed> for Pkcs12Error {
    fn from(_: Malformed) -> Pkcs12Error {
        Pkcs12Error::Malformed("its parts are not where they belong".into())
    }
}

impl From<der::Error> for Pkcs12Error {
    fn from(_: der::Error) -> Pkcs12Error {
        Malformed.into()
    }
}

/// An error inside: the whole file was there, so nothing is truncated.
impl From<BerError> for Pkcs12Error {
    fn from(error: BerError) -> Pkcs12Error {
        Pkcs12Error::Malformed(format!("inside, {error}"))
    }
}

impl From<EncryptionError> for Pkcs12Error {
    fn from(error: EncryptionError) -> Pkcs12Error {
        match error {
            EncryptionError::Unsupported(name) => Pkcs12Error::Unsupported(name),
            EncryptionError::TooManyIterations { iterations } => Pkcs12Error::TooManyIterations { iterations },
            EncryptionError::Malformed => Pkcs12Error::Malformed("the parameters of its encryption".into()),
            EncryptionError::WrongKey => Pkcs12Error::WrongPasswordOrDamaged,
        }
    }
}
