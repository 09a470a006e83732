//! `pem/no-certificate`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/no-certificate",
    severity: Severity::Error,
    decides: true,
    summary: "nothing in the file can be read",
    why: "A server given this file does not start, or goes on with the certificate it had. Often a login page, an \
          archive or an empty download was saved in place of the certificate.",
    mend: "Fetch the file again from where it came; the finding says what the file is.",
    source: "RFC 7468 5",
    fixable: false,
    check: Check::Reading,
};
