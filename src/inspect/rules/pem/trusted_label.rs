//! `pem/trusted-label`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/trusted-label",
    severity: Severity::Warning,
    decides: false,
    summary: "a block with the label TRUSTED CERTIFICATE",
    why: "It holds trust settings of OpenSSL beside the certificate. GnuTLS, Go, rustls and Java programs skip the \
          block, and the chain has a hole there.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "openssl-x509(1), Trust Settings",
    fixable: true,
    check: Check::Reading,
};
