//! `pem/glued-blocks`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/glued-blocks",
    severity: Severity::Warning,
    decides: false,
    summary: "a marker that shares its line with something else",
    why: "A file without a last line end was joined to the next, or line ends were lost. `openssl verify` may look at \
          another certificate and say OK.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
