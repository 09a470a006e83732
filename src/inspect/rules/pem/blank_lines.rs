//! `pem/blank-lines`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/blank-lines",
    severity: Severity::Warning,
    decides: false,
    summary: "blank lines between lines of base64",
    why: "A line end was doubled on the way, often by a web form.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
