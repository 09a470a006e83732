//! `chain/self-signed-leaf`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use super::no_leaf;

pub const RULE: Rule = Rule {
    id: "chain/self-signed-leaf",
    severity: Severity::Error,
    decides: true,
    summary: "the server's certificate is signed by its own key",
    why: "No peer that checks certificates accepts it, unless it has this very certificate. Mail servers without \
          MTA-STS and DANE accept it; DANE-EE is made for it.",
    mend: "Let a CA sign it: `sealpost cert request PROFILE --cn NAME`.",
    source: "RFC 5280 6.1, RFC 7672 3.1.1",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf().filter(|_| !no_leaf::applies(bundle, question)) else {
        return Outcome::NotApplicable;
    };
    let certificate = &leaf.found.certificate;
    let anchored =
        question.stores.iter().flat_map(|store| &store.anchors).any(|anchor| anchor.der() == certificate.der());
    Outcome::unless(anchored || !certificate.is_self_signed(), || {
        Said::new(format!("{} is signed by its own key", leaf.name()))
            .about(leaf.index)
            .fact(format!("issuer and subject are {}", certificate.subject()))
    })
}
