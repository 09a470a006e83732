//! `pem/no-markers`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/no-markers",
    severity: Severity::Error,
    decides: true,
    summary: "base64 without BEGIN and END lines",
    why: "Some portals hand certificates out like this.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
