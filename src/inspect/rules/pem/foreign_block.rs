//! `pem/foreign-block`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/foreign-block",
    severity: Severity::Note,
    decides: false,
    summary: "something else than a certificate among certificates",
    why: "A request, a revocation list or key parameters do not belong in a file of certificates.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 5.1",
    fixable: true,
    check: Check::Reading,
};
