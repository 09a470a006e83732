//! `chain/policy`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/policy",
    severity: Severity::Error,
    decides: true,
    summary: "no certificate policy is valid for the whole path",
    why: "A certificate of the path demands an explicit policy, and the policies of the others do not lead to one. \
          Verifiers that process policies refuse the chain.",
    mend: "Get the certificate from an authority below the right policy.",
    source: "RFC 5280 6.1.5 (g)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        matches!(fault.reason, Reason::NoPolicy).then(|| {
            Said::new(format!("an explicit policy is required, and none is left at {}", path::name(fault.link)))
        })
    })
}
