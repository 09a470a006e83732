//! `pem/encoded-twice`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/encoded-twice",
    severity: Severity::Error,
    decides: true,
    summary: "base64 of a whole PEM file",
    why: "Kubernetes secrets and environment variables carry PEM in base64. It has to be decoded before a server can read it.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
