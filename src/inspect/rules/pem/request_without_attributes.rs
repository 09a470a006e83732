//! `pem/request-without-attributes`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/request-without-attributes",
    severity: Severity::Note,
    decides: false,
    summary: "a signing request without its list of attributes",
    why: "The list must be there, if only as an empty one. OpenSSL and Java read a request without it; for GnuTLS and Go it is damaged, and \
          for a CA that uses them.",
    mend: "Make the request again with another program: `sealpost cert request PROFILE --cn NAME`.",
    source: "RFC 2986 4.1",
    fixable: false,
    check: Check::Reading,
};
