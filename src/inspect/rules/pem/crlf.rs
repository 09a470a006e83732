//! `pem/crlf`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/crlf",
    severity: Severity::Note,
    decides: false,
    summary: "lines that end with carriage return and line feed",
    why: "Windows ends lines like this. Generators write a line feed alone.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
