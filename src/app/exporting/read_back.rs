//! What was made is read as any other file would be, and compared, before anybody is told that it is there.

use crate::inspect::bytes::{self, Item, Kind, UnlockError};
use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::public_key::PublicKey;

use super::encoding::Chosen;

/// Errors unless `bytes` hold exactly what was chosen. Gives the words for how the key is protected.
pub(super) fn check(bytes: &[u8], chosen: &Chosen<'_>, password: Option<&str>) -> Result<Option<String>, Diagnostics> {
    let mut protection = None;
    let mut found = Vec::new();
    for item in bytes::read("the new file", bytes).items {
        match item.kind {
            Kind::Locked(locked) => {
                protection = Some(locked.protection());
                found.extend(locked.unlock(password.unwrap_or_default()).map_err(|error| unreadable(&error))?);
            }
            _ => found.push(item),
        }
    }
    let certificates: Vec<&Certificate> = found.iter().filter_map(certificate).collect();
    let key = found.iter().find_map(key);
    if certificates == chosen.certificates && key == chosen.key.map(|key| key.public()) {
        return Ok(protection);
    }
    Err(Diagnostic::error("output/read-back", "the new file does not hold what was to be written")
        .fact(format!("to be written: {} certificates, key: {}", chosen.certificates.len(), yes(chosen.key.is_some())))
        .fact(format!("read back:     {} certificates, key: {}", certificates.len(), yes(key.is_some())))
        .fact("nothing was written")
        .help("this is a mistake in sealpost; please report it")
        .into())
}

fn certificate(item: &Item) -> Option<&Certificate> {
    match &item.kind {
        Kind::Certificate(certificate) => Some(certificate),
        _ => None,
    }
}

fn key(item: &Item) -> Option<&PublicKey> {
    match &item.kind {
        Kind::Key(key) => Some(key.public()),
        _ => None,
    }
}

fn yes(there: bool) -> &'static str {
    if there { "yes" } else { "no" }
}

fn unreadable(error: &UnlockError) -> Diagnostics {
    Diagnostic::error("output/read-back", "the new file cannot be opened with its own password")
        .fact(error.to_string())
        .fact("nothing was written")
        .help("this is a mistake in sealpost; please report it")
        .into()
}
