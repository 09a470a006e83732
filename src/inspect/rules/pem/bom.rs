//! `pem/bom`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/bom",
    severity: Severity::Warning,
    decides: false,
    summary: "a byte order mark before the first block",
    why: "Programs in Go and those built on rustls do not see the first block behind it, which is the leaf; OpenSSL and GnuTLS do.",
    mend: "`sealpost lint --fix FILE` writes the file without it. Windows editors add the mark when they save as \"UTF-8 with BOM\".",
    source: "RFC 7468 2",
    fixable: true,
    check: Check::Reading,
};
