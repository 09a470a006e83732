//! `pem/cr-only`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/cr-only",
    severity: Severity::Warning,
    decides: false,
    summary: "lines that end with a carriage return alone",
    why: "Old Mac programs end lines like this.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
