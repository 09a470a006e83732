//! `pem/glued-blocks`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/glued-blocks",
    severity: Severity::Warning,
    decides: false,
    summary: "END and BEGIN on one line",
    why: "A file without a last line end was joined to the next. OpenSSL and Go programs then see neither of the two \
          blocks, rustls programs only what stands before: `openssl verify` may look at another certificate and say OK.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
