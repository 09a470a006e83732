//! `pem/invisible-characters`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/invisible-characters",
    severity: Severity::Error,
    decides: true,
    summary: "no-break or zero-width spaces",
    why: "Web pages, chats and word processors put them in place of plain spaces or between characters, and nobody sees \
          them.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 7468 3",
    fixable: true,
    check: Check::Reading,
};
