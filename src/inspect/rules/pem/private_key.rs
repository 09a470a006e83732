//! `pem/private-key`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/private-key",
    severity: Severity::Error,
    decides: false,
    summary: "a private key in a file of certificates",
    why: "Certificate files are copied, mailed and left readable for everybody. Postfix (smtpd_tls_chain_files) and \
          HAProxy want key and chain in one file: their ruleset makes this a note.",
    mend: "Move the key into a file of its own that only its owner can read, and make a new key if the file was ever \
           passed on.",
    source: "RFC 7468 13",
    fixable: false,
    check: Check::Reading,
};
