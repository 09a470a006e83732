//! `pem/distrusted`

use crate::inspect::rules::{Check, Rule};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/distrusted",
    severity: Severity::Error,
    decides: true,
    summary: "a certificate that its own file says not to trust",
    why: "The trust settings behind a TRUSTED CERTIFICATE reject TLS, or list other uses only. OpenSSL programs that \
          have it among their authorities refuse every chain that ends in it. Somebody marked it for a reason: a CA \
          that was broken into, or one that is for mail only.",
    mend: "Take the certificate out, or have the chain signed by another CA. `openssl x509 -in FILE -text -trustout` \
           shows the settings.",
    source: "openssl-x509(1), Trust Settings",
    fixable: false,
    check: Check::Reading,
};
