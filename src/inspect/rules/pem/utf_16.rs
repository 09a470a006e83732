//! `pem/utf-16`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/utf-16",
    severity: Severity::Error,
    decides: true,
    summary: "a file in UTF-16",
    why: "Windows editors and PowerShell's redirection save text like this.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
