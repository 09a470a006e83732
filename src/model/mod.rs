//! What the program talks about: values without input, output or clock.

pub mod certificate;
pub mod diagnostic;
pub mod distinguished_name;
pub mod fingerprint;
pub mod moment;
pub mod place;
pub mod private_key;
pub mod profile_name;
pub mod public_key;
pub mod request;
pub mod signature;
mod usage;
