//! What a lint rule says about a file.

use super::diagnostic::{PlaceNote, Severity};
use super::fingerprint::Fingerprint;
use super::place::Place;

/// One finding. It is true of the bytes that were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `family/name`.
    pub rule: &'static str,
    pub severity: Severity,
    /// With this finding the verdict on the file is no, whatever the severity.
    pub decides: bool,
    /// Lower case, no full stop; names the certificate or the place.
    pub message: String,
    pub place: Place,
    /// The certificate it is about.
    pub certificate: Option<Subject>,
    /// Other places that belong to it.
    pub related: Vec<PlaceNote>,
    /// Both sides of a comparison, dates with their distance, names.
    pub facts: Vec<String>,
    /// What to do, as a command where there is one.
    pub help: Option<String>,
    /// `sealpost lint --fix` mends it.
    pub fixable: bool,
}

impl Finding {
    /// The verdict on the file is no because of it: it decides, or it is an error.
    pub fn is_failing(&self) -> bool {
        self.decides || self.severity == Severity::Error
    }
}

/// Which certificate of the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Subject {
    /// Counted from 1, in the order of the file.
    pub index: usize,
    pub sha256: Fingerprint,
    /// RFC 4514.
    pub subject: String,
}
