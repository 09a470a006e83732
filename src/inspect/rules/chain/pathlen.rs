//! `chain/pathlen`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/pathlen",
    severity: Severity::Error,
    decides: true,
    summary: "more issuers below an authority than its path length allows",
    why: "Every verifier refuses the chain.",
    mend: "The authority has to issue a certificate without the limit, or from a higher one; nothing in the file \
           mends it.",
    source: "RFC 5280 4.2.1.9, 6.1.4 (l), (m)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        let Reason::PathLength { allowed, found } = fault.reason else { return None };
        let said = Said::new(format!("too many authorities stand below {}", path::name(fault.link)));
        Some(
            said.fact(format!("path length allowed: {allowed}"))
                .fact(format!("authorities below it that are not self-issued: {found}")),
        )
    })
}
