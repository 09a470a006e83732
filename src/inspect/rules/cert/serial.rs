//! `cert/serial`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/serial",
    severity: Severity::Error,
    decides: true,
    summary: "a serial number that is not positive, or longer than 20 octets",
    why: "Revocation names a certificate by its serial number. GnuTLS and Go refuse negative ones, and longer ones \
          do not fit where other programs keep them.",
    mend: "Have it signed again with a random serial number of 8 to 20 octets.",
    source: "RFC 5280 4.1.2.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let serial = sheet.x509.raw_serial();
    let said = |what: String| Said::new(format!("the serial number of {} is {what}", sheet.name()));
    let found = match serial {
        [] => said("missing".into()),
        [first, ..] if *first >= 0x80 => said("negative".into()).fact(sheet.certificate().serial()),
        _ if serial.iter().all(|octet| *octet == 0) => said("zero".into()),
        _ if serial.len() > 20 => said(format!("{} octets long", serial.len())).fact("the limit is 20"),
        _ => return Outcome::Passed,
    };
    // Roots that browsers carry have the serial number 0.
    let is_root = sheet.is_self_issued() && !sheet.is_end_entity();
    Outcome::found(if is_root { found.at_most(Severity::Note) } else { found })
}
