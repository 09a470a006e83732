//! `pem/text-outside`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/text-outside",
    severity: Severity::Note,
    decides: false,
    summary: "text outside the blocks",
    why: "`openssl pkcs12` and `openssl x509 -text` write it. Some appliances refuse the file.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 5.2",
    fixable: true,
    check: Check::Reading,
};
