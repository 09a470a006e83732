//! `pem/escaped-newlines`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/escaped-newlines",
    severity: Severity::Error,
    decides: true,
    summary: "line ends written as the two characters \\n",
    why: "JSON and environment variables carry line ends like this.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
