//! `pem/malformed`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/malformed",
    severity: Severity::Error,
    decides: true,
    summary: "a block that is cut off or damaged",
    why: "A server does not start, or serves another certificate than its operator believes, or a chain with a hole: it \
          depends on the program and on which block it is.",
    mend: "Copy the block again from where it came, whole, from BEGIN to END.",
    source: "RFC 7468 3; X.690",
    fixable: false,
    check: Check::Reading,
};
