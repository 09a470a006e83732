//! `cert/rsa-modulus`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::factors;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::RsaNumbers;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/rsa-modulus",
    severity: Severity::Error,
    decides: true,
    summary: "an RSA modulus that can be factored, or of an odd length",
    why: "The private key can be computed from the certificate: the modulus has a small factor, its two primes lie \
          close together, or the chip that made it was faulty (ROCA). A length that is no multiple of 8 bits is \
          forbidden as well; some hardware refuses it.",
    mend: "Make a new key with a sound generator: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.1.3, 6.1.5, 6.1.6; CVE-2017-15361",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(RsaNumbers { modulus, .. }) = sheet.rsa() else { return Outcome::NotApplicable };
    let said = |what: String| Said::new(format!("the RSA modulus of {} {what}", sheet.name()));
    if let Some(weakness) = factors::weakness(modulus) {
        return Outcome::found(said(weakness.to_string()));
    }
    let first = modulus.iter().find(|octet| **octet != 0);
    Outcome::unless(first.is_none_or(|first| *first >= 0x80), || {
        said(format!("has a length that is no multiple of 8: {}", sheet.certificate().key_kind()))
    })
}
