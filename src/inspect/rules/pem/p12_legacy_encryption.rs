//! `pem/p12-legacy-encryption`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/p12-legacy-encryption",
    severity: Severity::Warning,
    decides: false,
    summary: "a PKCS#12 under RC2, 3DES or a SHA-1 MAC",
    why: "OpenSSL 3 programs open it only with `-legacy`, FIPS systems not at all, and whoever has the file can try \
          passwords cheaply.",
    mend: "`sealpost convert FILE --to pkcs12 --out NEW` seals the same content with AES-256 and SHA-256.",
    source: "RFC 7292 5.1, RFC 9879",
    fixable: false,
    check: Check::Reading,
};
