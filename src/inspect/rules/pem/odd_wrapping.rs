//! `pem/odd-wrapping`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/odd-wrapping",
    severity: Severity::Note,
    decides: false,
    summary: "lines of base64 of another length than 64 characters",
    why: "Most programs read it. Strict parsers want 64 characters on every line but the last.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
