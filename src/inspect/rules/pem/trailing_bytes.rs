//! `pem/trailing-bytes`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/trailing-bytes",
    severity: Severity::Warning,
    decides: false,
    summary: "padding after the end of the DER",
    why: "The length of the DER says where the object ends, and strict readers refuse what follows.",
    mend: "`sealpost convert FILE --to der --out NEW` writes the object alone.",
    source: "X.690 8.1",
    fixable: false,
    check: Check::Reading,
};
