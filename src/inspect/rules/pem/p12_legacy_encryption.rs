//! `pem/p12-legacy-encryption`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/p12-legacy-encryption",
    severity: Severity::Warning,
    decides: false,
    summary: "a PKCS#12 under RC2, RC4, DES or 3DES, or with a SHA-1 MAC",
    why: "Whoever has the file can try passwords cheaply. Under RC2, RC4 or DES with one key, OpenSSL 3 opens it only with `-legacy`; \
          3DES and a SHA-1 MAC it opens as they are.",
    mend: "`sealpost convert FILE --to pkcs12 --out NEW` seals the same content with AES-256 and SHA-256.",
    source: "RFC 7292 appendix C, RFC 9879",
    fixable: false,
    check: Check::Reading,
};
