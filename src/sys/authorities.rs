//! Where this system keeps the certificates of the authorities it trusts.

use std::path::PathBuf;

use super::input::{self, InputError};

/// A system list is about 250 KB; nobody's is larger than this.
const LIMIT: u64 = 16 << 20;

/// The bundle that OpenSSL programs on this system read (`SSL_CERT_FILE` is respected), as PEM text, and where it stands.
///
/// `Ok(None)` when the system has none.
pub fn system_bundle() -> Result<Option<(PathBuf, Vec<u8>)>, InputError> {
    let Some(path) = openssl_probe::probe().cert_file else { return Ok(None) };
    let bytes = input::read(&path.to_string_lossy(), LIMIT)?.bytes;
    Ok(Some((path, bytes)))
}
