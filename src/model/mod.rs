//! What the program talks about: values without input, output or clock.

pub mod certificate;
pub mod certificate_field;
pub mod configuration;
mod country;
mod der_fields;
pub mod diagnostic;
pub mod distinguished_name;
pub mod extension;
pub mod finding;
pub mod fingerprint;
pub mod host_name;
pub mod identity;
pub mod moment;
pub mod place;
pub mod private_key;
pub mod profile;
pub mod profile_name;
pub mod profile_status;
pub mod public_key;
pub mod request;
pub mod role;
pub mod shell_word;
pub mod signature;
pub mod subject;
pub mod subject_alt_name;
pub mod tlsa;
mod usage;
