//! File formats: bytes in, bytes out. Thin adapters over libraries, with typed errors and nothing from the floors above.

pub mod jks;
pub mod legacy_key;
pub mod pem;
pub mod pkcs7;
