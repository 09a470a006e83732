//! `pem/quoted`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/quoted",
    severity: Severity::Error,
    decides: true,
    summary: "lines that begin with `>`",
    why: "The block was copied from the answer to a mail, whose lines the mail program quoted.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 2, RFC 3676 4.5",
    fixable: true,
    check: Check::Reading,
};
