//! A baseline: the findings of one day, so that a later run tells the new ones only.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::input;
use crate::sys::output::{self, Existing};

use crate::app::reading::unreadable;

use super::settings::mistake;

/// The form of the file.
const SCHEMA: &str = "sealpost.lint-baseline/1";

/// A baseline of ten thousand files with ten findings each has 20 MB.
const LARGEST: u64 = 256 << 20;

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Known {
    pub fingerprint: String,
    pub rule: String,
    pub file: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    schema: String,
    findings: Vec<Known>,
}

/// The fingerprints that a file holds.
pub fn read(file: &str) -> Result<BTreeSet<String>, Diagnostics> {
    let bytes = input::read(file, LARGEST).map_err(|error| unreadable(file, &error))?.bytes;
    let written: Written = serde_json::from_slice(&bytes).map_err(|error| mistake(file, None, error.to_string()))?;
    match written.schema == SCHEMA {
        true => Ok(written.findings.into_iter().map(|known| known.fingerprint).collect()),
        false => Err(mistake(file, None, format!("its schema is `{}`, not `{SCHEMA}`", written.schema))),
    }
}

/// Writes a new file, or a new one in its place.
pub fn write(file: &str, mut findings: Vec<Known>) -> Result<(), Diagnostics> {
    findings.sort();
    let text = serde_json::to_string_pretty(&Written { schema: SCHEMA.into(), findings }).unwrap_or_default() + "\n";
    output::write(Path::new(file), text.as_bytes(), 0o644, Existing::Replace).map_err(|error| {
        Diagnostic::error("output/unwritable", format!("cannot write `{file}`")).fact(error.to_string()).into()
    })
}
