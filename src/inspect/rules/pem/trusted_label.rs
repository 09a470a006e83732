//! `pem/trusted-label`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/trusted-label",
    severity: Severity::Warning,
    decides: false,
    summary: "a block with the label TRUSTED CERTIFICATE",
    why: "It holds trust settings of OpenSSL beside the certificate. Other programs do not look for the label, and where it \
          stands on an issuer, OpenSSL does not either when it loads a chain.",
    mend: "`sealpost lint --fix FILE` writes the file anew: 64 columns, line feeds, nothing else.",
    source: "openssl-x509(1), Trust Settings",
    fixable: true,
    check: Check::Reading,
};
