//! `pem/damaged-marker`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/damaged-marker",
    severity: Severity::Error,
    decides: true,
    summary: "a BEGIN or END marker that is not written as it should be",
    why: "Word processors and mail programs turn hyphens into dashes, and copying loses one.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
