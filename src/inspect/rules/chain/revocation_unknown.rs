//! `chain/revocation-unknown`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/revocation-unknown",
    severity: Severity::Error,
    decides: true,
    summary: "no revocation list tells whether a certificate is revoked",
    why: "Revocation lists were given, and none of them speaks for this certificate at this time: nobody can say \
          that it was not withdrawn.",
    mend: "Give a current list of the issuer: `--crl FILE`.",
    source: "RFC 5280 6.3.3",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    if question.crls.is_empty() {
        return Outcome::NotApplicable;
    }
    path::faults(bundle, |fault| {
        let Reason::NoStatus(status) = fault.reason else { return None };
        Some(
            Said::new(format!("nothing tells whether {} has been revoked", path::name(fault.link)))
                .fact(status.to_string()),
        )
    })
}
