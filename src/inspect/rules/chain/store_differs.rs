//! `chain/store-differs`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;
use crate::trust::question::{Effort, Question as PathQuestion};
use crate::trust::verdict;

pub const RULE: Rule = Rule {
    id: "chain/store-differs",
    severity: Severity::Warning,
    decides: false,
    summary: "trusted by one of the given stores and not by another",
    why: "Peers with one list of authorities accept the chain, those with the other refuse it.",
    mend: "Serve a chain that leads to a root of every store, often over a cross-signed certificate.",
    source: "RFC 5280 6.1.1 (d)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf().filter(|_| question.stores.len() > 1) else { return Outcome::NotApplicable };
    let Ok(link) = &leaf.link else { return Outcome::NotCheckable("a certificate that can be read strictly") };
    let others = bundle.members.iter().filter_map(|member| member.link.as_ref().ok());
    let pool: Vec<Link> = others.chain(question.at_hand()).cloned().collect();
    let asked = PathQuestion { at: question.at.unix_timestamp(), effort: Effort::Verdict, ..PathQuestion::default() };
    let mut accepting = Vec::new();
    let mut refusing = Vec::new();
    for store in &question.stores {
        let accepts = verdict::verify(&asked, link, &pool, &store.anchors).is_valid();
        let list = if accepts { &mut accepting } else { &mut refusing };
        list.push(store.label.as_str());
    }
    Outcome::unless(accepting.is_empty() || refusing.is_empty(), || {
        Said::new(format!("{} is trusted by some stores only", leaf.name()))
            .about(leaf.index)
            .fact(format!("trusted by {}", accepting.join(", ")))
            .fact(format!("not trusted by {}", refusing.join(", ")))
    })
}
