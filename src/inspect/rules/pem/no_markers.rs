//! `pem/no-markers`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/no-markers",
    severity: Severity::Warning,
    decides: false,
    summary: "base64 without BEGIN and END lines",
    why: "Some portals hand certificates out like this. Other programs find nothing in the file.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
