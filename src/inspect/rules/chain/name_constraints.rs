//! `chain/name-constraints`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/name-constraints",
    severity: Severity::Error,
    decides: true,
    summary: "a name outside what an issuer may certify",
    why: "Every verifier refuses the chain: the authority was limited to certain names.",
    mend: "Get the certificate from an authority that may certify the name.",
    source: "RFC 5280 4.2.1.10, RFC 9549",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        let (name, by, rule) = match fault.reason {
            Reason::NotPermitted { name, by } => (name, *by, "it is in none of the permitted subtrees".to_owned()),
            Reason::Excluded { name, constraint, by } => (name, *by, format!("{constraint} is excluded")),
            _ => return None,
        };
        let limiting = fault.path.links.get(by)?;
        let said = Said::new(format!("{} may not certify {name}", path::name(limiting))).fact(rule);
        Some(match path::member(bundle, limiting) {
            Some(member) => said
                .related(member.found.place.clone(), format!("certificate {}, which limits the names", member.index)),
            None => said,
        })
    })
}
