//! `pem/indented`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/indented",
    severity: Severity::Warning,
    decides: false,
    summary: "indented lines",
    why: "Blocks cut from YAML or a mail are indented.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
