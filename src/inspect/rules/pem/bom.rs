//! `pem/bom`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/bom",
    severity: Severity::Warning,
    decides: false,
    summary: "a byte order mark before the first block",
    why: "Windows editors add the mark when they save as \"UTF-8 with BOM\". It hides the block behind it, which is most often the leaf.",
    mend: "`sealpost lint --fix FILE` writes the file without it.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
