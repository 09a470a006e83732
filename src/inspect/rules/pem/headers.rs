//! `pem/headers`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/headers",
    severity: Severity::Error,
    decides: true,
    summary: "headers before the base64",
    why: "RFC 7468 has no headers; those of RFC 1421 belong to encrypted keys in the old form of OpenSSL. Tools that export \
          certificates with comments write them.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2, RFC 1421 4.4",
    fixable: true,
    check: Check::Reading,
};
