//! `pem/wrong-label`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/wrong-label",
    severity: Severity::Error,
    decides: true,
    summary: "a label that says something else than the block holds",
    why: "Programs look at the label first, and then skip the block or fail on the content.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
