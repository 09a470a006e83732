//! Linting many certificates in one run: one JSON case a line in, the rules that fired a line out. Nothing is kept between cases.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::inspect::bytes;
use crate::inspect::findings;
use crate::inspect::question::Question;
use crate::sys::library_error;

/// A case line: a certificate as base64 of its DER, or a file as PEM.
#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    der: Option<String>,
    #[serde(default)]
    pem: Option<String>,
}

/// The answer to a case.
#[derive(Debug, Serialize)]
pub struct BatchFindings {
    /// Of the case; null when the line could not be read.
    pub id: Option<String>,
    /// Each rule once.
    pub rules: BTreeSet<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Answers one line.
pub fn answer(line: &[u8], question: &Question) -> BatchFindings {
    let refused = |id, error| BatchFindings { id, rules: BTreeSet::new(), error: Some(error) };
    let case = match serde_json::from_slice::<Case>(line) {
        Ok(case) => case,
        Err(error) => return refused(None, format!("the case cannot be read: {}", library_error::json(&error))),
    };
    let file = match (case.der, case.pem) {
        (Some(der), None) => STANDARD.decode(der).map_err(|_| "`der` is no base64".to_owned()),
        (None, Some(pem)) => Ok(pem.into_bytes()),
        _ => Err("a case has either `der` or `pem`".to_owned()),
    };
    match file {
        Ok(file) => {
            let report = findings::inspect(&bytes::read(&case.id, &file), question);
            let rules = report.findings.iter().map(|finding| finding.rule).collect();
            BatchFindings { id: Some(case.id), rules, error: None }
        }
        Err(error) => refused(Some(case.id), error),
    }
}
