//! `chain/revoked`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;
use crate::model::moment::{Moment, date_and_distance};

pub const RULE: Rule = Rule {
    id: "chain/revoked",
    severity: Severity::Error,
    decides: true,
    summary: "a revoked certificate",
    why: "The authority has withdrawn it. Peers that check revocation refuse the chain.",
    mend: "Get a new certificate with a new key.",
    source: "RFC 5280 5, 6.3",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    if question.crls.is_empty() {
        return Outcome::NotApplicable;
    }
    path::faults(bundle, |fault| {
        let Reason::Revoked { at, code } = fault.reason else { return None };
        let said = Said::new(format!("{} has been revoked", path::name(fault.link)));
        let said = match Moment::from_unix_timestamp(*at) {
            Ok(moment) => said.fact(format!("since {}", date_and_distance(moment, question.at))),
            Err(_) => said,
        };
        Some(said.fact(format!("reason code {code} (RFC 5280 5.3.1)")))
    })
}
