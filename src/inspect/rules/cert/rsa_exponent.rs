//! `cert/rsa-exponent`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::RsaNumbers;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/rsa-exponent",
    severity: Severity::Error,
    decides: true,
    summary: "an RSA exponent that is even or too small",
    why: "An exponent of 1 encrypts nothing, and an even one is no RSA key at all. An exponent of 3 is allowed, \
          but has broken careless verifiers; 65537 is what everybody uses.",
    mend: "Make a new key: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(RsaNumbers { exponent, .. }) = sheet.rsa() else { return Outcome::NotApplicable };
    let said = |what: &str| Said::new(format!("the RSA exponent of {} is {what}", sheet.name()));
    let shown = || match value(exponent) {
        Some(small) => small.to_string(),
        None => format!("a number of {} octets", exponent.len()),
    };
    let is_odd = exponent.last().is_some_and(|last| last & 1 == 1);
    if exponent.first().is_none_or(|first| *first >= 0x80) {
        return Outcome::found(said("negative"));
    }
    if !is_odd {
        return Outcome::found(said("even").fact(shown()));
    }
    match value(exponent) {
        Some(0..3) => Outcome::found(said(&shown()).fact("the smallest one is 3, the usual one 65537")),
        Some(3..65_537) => {
            Outcome::found(said(&shown()).fact("the range is 65537 to 2^256 - 1").at_most(Severity::Note))
        }
        // One more octet for the sign.
        None if exponent.len() > 33 => {
            Outcome::found(said(&shown()).fact("the range is 65537 to 2^256 - 1").at_most(Severity::Note))
        }
        _ => Outcome::Passed,
    }
}

fn value(number: &[u8]) -> Option<u64> {
    let digits = number.iter().position(|octet| *octet != 0).and_then(|at| number.get(at..)).unwrap_or_default();
    (digits.len() <= 8).then(|| digits.iter().fold(0, |value, octet| value << 8 | u64::from(*octet)))
}
