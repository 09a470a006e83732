//! `pem/malformed`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/malformed",
    severity: Severity::Error,
    decides: true,
    summary: "a block that is cut off or damaged",
    why: "OpenSSL, Go and rustls programs skip such a block without a word and go on with the next, so that a server \
          serves another certificate than its operator believes, or a chain with a hole.",
    mend: "Copy the block again from where it came, whole, from BEGIN to END.",
    source: "RFC 7468 3; X.690",
    fixable: false,
    check: Check::Reading,
};
