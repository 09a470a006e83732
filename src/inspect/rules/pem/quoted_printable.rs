//! `pem/quoted-printable`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/quoted-printable",
    severity: Severity::Error,
    decides: true,
    summary: "base64 in quoted-printable",
    why: "The block was copied from the source of a mail: `=3D` stands for `=`, and a `=` ends a line.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "RFC 2045 6.7",
    fixable: true,
    check: Check::Reading,
};
