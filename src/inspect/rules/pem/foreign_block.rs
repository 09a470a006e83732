//! `pem/foreign-block`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/foreign-block",
    severity: Severity::Note,
    decides: false,
    summary: "something else than a certificate among certificates",
    why: "Most programs skip a request, a revocation list or key parameters. GnuTLS programs find no certificate \
          when it stands in front.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 5.1",
    fixable: true,
    check: Check::Reading,
};
