//! A baseline: the findings of one day, so that a later run tells the new ones only.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::sys::input;
use crate::sys::output::{self, Existing, OutputError};

use crate::app::reading::unreadable;

use super::file_answer::FileReport;
use super::settings::mistake;
use crate::sys::library_error;

/// The form of the file.
const SCHEMA: &str = "sealpost.lint-baseline/1";

/// A baseline of ten thousand files with ten findings each has 20 MB.
const LARGEST: u64 = 256 << 20;

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    fingerprint: String,
    rule: String,
    file: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    schema: String,
    findings: Vec<Known>,
}

/// A baseline that is being made.
#[derive(Debug)]
pub struct Baseline {
    path: String,
    findings: Vec<Known>,
}

impl Baseline {
    /// An error when it is already certain that it cannot be written in the end.
    pub fn begin(path: &str) -> Result<Baseline, Diagnostics> {
        output::check(Path::new(path), Existing::Replace).map_err(|error| unwritable(path, &error))?;
        Ok(Baseline { path: path.to_owned(), findings: Vec::new() })
    }

    pub fn note(&mut self, report: &FileReport) {
        self.findings.extend(report.findings.iter().map(|told| Known {
            fingerprint: told.fingerprint.clone(),
            rule: told.rule.to_owned(),
            file: told.file.clone(),
        }));
    }

    /// Writes a new file, or a new one in its place. Gives the number of findings.
    pub fn write(mut self) -> Result<usize, Diagnostic> {
        let count = self.findings.len();
        self.findings.sort();
        let written = Written { schema: SCHEMA.into(), findings: self.findings };
        let text = serde_json::to_string_pretty(&written).unwrap_or_default() + "\n";
        output::write(Path::new(&self.path), text.as_bytes(), 0o644, Existing::Replace)
            .map_err(|error| unwritable(&self.path, &error))?;
        Ok(count)
    }
}

fn unwritable(path: &str, error: &OutputError) -> Diagnostic {
    Diagnostic::error("output/unwritable", format!("cannot write `{path}`")).fact(error.to_string())
}

/// The fingerprints that a file holds.
pub fn read(file: &str) -> Result<BTreeSet<String>, Diagnostics> {
    let bytes = input::read(file, LARGEST).map_err(|error| unreadable(file, &error))?.bytes;
    let written: Written =
        serde_json::from_slice(&bytes).map_err(|error| mistake(file, None, library_error::json(&error)))?;
    match written.schema == SCHEMA {
        true => Ok(written.findings.into_iter().map(|known| known.fingerprint).collect()),
        false => Err(mistake(file, None, format!("its schema is `{}`, not `{SCHEMA}`", written.schema))),
    }
}
