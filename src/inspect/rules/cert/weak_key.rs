//! `cert/weak-key`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::public_key::KeyKind;

pub const RULE: Rule = Rule {
    id: "cert/weak-key",
    severity: Severity::Error,
    decides: true,
    summary: "RSA key of less than 2048 bits",
    why: "An RSA key of 1024 bits can be broken by whoever spends enough on it. OpenSSL at its default security level, GnuTLS and \
          every browser refuse it.",
    mend: "Make a new key and let the CA sign it: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let kind = sheet.certificate().key_kind();
    let KeyKind::Rsa(bits) = kind else { return Outcome::NotApplicable };
    Outcome::unless(*bits >= 2048, || {
        Said::new(format!("the key of {} is too weak: {kind}", sheet.name())).fact("RSA keys have at least 2048 bits")
    })
}
