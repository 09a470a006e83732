//! File formats: bytes in, bytes out. Thin adapters over libraries, and our own readers for what those cannot read.
//!
//! Nothing here knows a certificate or a key as more than its DER bytes, and nothing here touches a file.

pub mod age;
pub mod ber;
mod der_fields;
pub mod destination_table;
mod encryption;
pub mod jks;
pub mod legacy_key;
pub mod pem;
pub mod pkcs12;
pub mod pkcs7;
// pkcs12
pub mod pkcs8;
pub mod private_key_info;
pub mod saved_configuration;
pub mod zone_file;
