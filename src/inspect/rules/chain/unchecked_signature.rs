//! `chain/unchecked-signature`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/unchecked-signature",
    severity: Severity::Error,
    decides: true,
    summary: "a signature that cannot be checked here",
    why: "Names and key identifiers say who issued the certificate, and nothing proves it: the algorithm is not implemented, the \
          key is too small for it, or the issuer's key is damaged. A peer that implements the algorithm may accept the \
          chain, and one that does not refuses it.",
    mend: "Have the certificate signed with ECDSA, or with an RSA key of 2048 bits or more, and SHA-256.",
    source: "RFC 5280 6.1.3 (a)(1)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        let Reason::UncheckedSignature { obstacle } = fault.reason else { return None };
        let name = path::name(fault.link);
        let said = Said::new(format!("the signature of {name} cannot be checked: {obstacle}"));
        let issuer = fault.path.links.get(fault.depth + 1);
        Some(match issuer {
            Some(issuer) => said.fact(format!("by its names, {} issued it", path::name(issuer))),
            None => said,
        })
    })
}
