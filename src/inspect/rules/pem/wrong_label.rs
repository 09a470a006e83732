//! `pem/wrong-label`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/wrong-label",
    severity: Severity::Warning,
    decides: false,
    summary: "a label that says something else than the block holds",
    why: "Programs look at the label first, and then fail on the content or skip the block.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 4",
    fixable: true,
    check: Check::Reading,
};
