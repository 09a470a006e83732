//! `chain/untrusted-root`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/untrusted-root",
    severity: Severity::Error,
    decides: true,
    summary: "the chain ends at a root that is not trusted",
    why: "Peers with the same list of authorities refuse the chain.",
    mend: "With a private authority, give its certificate (`--trust FILE`) and its ruleset (`--ruleset private-ca`); \
           else get a certificate from an authority that the peers trust.",
    source: "RFC 5280 6.1",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(end) = path::dead_end(bundle) else { return path::unless_judged(bundle) };
    match end.reason {
        // A leaf that signed itself is `chain/self-signed-leaf`.
        Reason::UntrustedRoot if end.depth > 0 && question.stores.is_empty() => Outcome::NotCheckable("trust anchors"),
        Reason::UntrustedRoot if end.depth > 0 => {
            let stores: Vec<&str> = question.stores.iter().map(|store| store.label.as_str()).collect();
            let root = path::name(end.link);
            let said = Said::new(format!("the chain ends at {root}, which is not trusted"));
            Outcome::found(
                end.about(said)
                    .fact(format!("trust anchors: {}", stores.join(", ")))
                    .fact(format!("root SHA-256 {}", crate::model::fingerprint::Fingerprint::of(end.link.der()))),
            )
        }
        _ => Outcome::Passed,
    }
}
