//! Making certificates and signing requests from an identity and a key. rcgen encodes and signs; it never keeps a key.

mod parameters;
mod self_signed;
mod signing_request;

pub use self_signed::{Validity, self_signed};
pub use signing_request::signing_request;

/// Why a certificate or request could not be made from an identity and a key that are valid themselves.
#[derive(Debug, thiserror::Error)]
pub enum MakingError {
    /// A key of a kind that signs nothing here, such as RSA-PSS.
    #[error("a key of kind {0} cannot sign")]
    Key(String),
    /// The encoder refused a value.
    #[error("{0}")]
    Encoding(String),
    /// The system's random generator failed.
    #[error("the system gave no random number")]
    Random,
}

impl From<rcgen::Error> for MakingError {
    fn from(error: rcgen::Error) -> MakingError {
        MakingError::Encoding(
            match error {
                rcgen::Error::KeyGenerationUnavailable | rcgen::Error::RingUnspecified => "the key does not sign",
                rcgen::Error::UnsupportedSignatureAlgorithm => "the key is of a kind that signs no certificate",
                _ => "a name or value cannot stand in a certificate",
            }
            .to_owned(),
        )
    }
}
