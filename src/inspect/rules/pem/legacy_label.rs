//! `pem/legacy-label`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/legacy-label",
    severity: Severity::Note,
    decides: false,
    summary: "a block with an old label",
    why: "X509 CERTIFICATE comes from the early nineties.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 5.1",
    fixable: true,
    check: Check::Reading,
};
