//! `cert/ku-eku-inconsistent`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet::usage;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/ku-eku-inconsistent",
    severity: Severity::Warning,
    decides: false,
    summary: "keyUsage and extKeyUsage that have no use in common",
    why: "A certificate may be used only for what both extensions allow. Where they contradict each other that is \
          nothing.",
    mend: "Have it signed with uses that fit: serverAuth goes with digitalSignature.",
    source: "RFC 5280 4.2.1.12",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let extensions = sheet.extensions();
    let (Some(bits), Some(purposes)) = (extensions.key_usage, &extensions.extended_key_usage) else {
        return Outcome::NotApplicable;
    };
    // What only authorities may do has a rule of its own.
    let bits = bits & !(usage::KEY_CERT_SIGN | usage::CRL_SIGN);
    if !sheet.is_end_entity() || bits == 0 {
        return Outcome::NotApplicable;
    }
    let mut judged = purposes.iter().filter_map(|purpose| consistent_uses(purpose)).peekable();
    if judged.peek().is_none() {
        return Outcome::NotApplicable;
    }
    // Each purpose must be possible with one bit, and each bit be of use to one purpose.
    let (possible, useful) =
        judged.fold((true, 0), |(possible, useful), uses| (possible && bits & uses != 0, useful | uses));
    Outcome::unless(possible && bits & !useful == 0, || {
        let certificate = sheet.certificate();
        Said::new(format!("keyUsage and extKeyUsage of {} contradict each other", sheet.name()))
            .fact(format!("keyUsage: {}", certificate.key_usage().unwrap_or_default().join(", ")))
            .fact(format!("extKeyUsage: {}", certificate.extended_key_usage().unwrap_or_default().join(", ")))
    })
}

/// The bits that RFC 5280 calls consistent with a purpose; `None` for one that it does not know.
fn consistent_uses(purpose: &[u8]) -> Option<u16> {
    use usage::{DATA_ENCIPHERMENT, DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_ENCIPHERMENT, NON_REPUDIATION};
    // id-kp (1.3.6.1.5.5.7.3)
    let [0x2b, 6, 1, 5, 5, 7, 3, last] = purpose else { return None };
    Some(match last {
        // serverAuth; dataEncipherment is of no use, but wide-spread and harmless
        1 => DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT | DATA_ENCIPHERMENT,
        2 => DIGITAL_SIGNATURE | KEY_AGREEMENT,
        3 => DIGITAL_SIGNATURE,
        4 => DIGITAL_SIGNATURE | NON_REPUDIATION | KEY_ENCIPHERMENT | KEY_AGREEMENT,
        8 | 9 => DIGITAL_SIGNATURE | NON_REPUDIATION,
        _ => return None,
    })
}
