//! `chain/multiple-leaves`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::date_and_distance;

pub const RULE: Rule = Rule {
    id: "chain/multiple-leaves",
    severity: Severity::Warning,
    decides: false,
    summary: "a second server certificate",
    why: "A renewal was put in front of the old certificate, or two servers share the file. Peers get both in every \
          handshake, and strict ones take the chain for broken.",
    mend: "Keep one certificate for each key type in a file of its own; `sealpost lint --fix FILE` keeps the one \
           that belongs to the key, else the newest.",
    source: "RFC 5246 7.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf() else { return Outcome::NotApplicable };
    let mut told = std::collections::HashSet::new();
    let others = bundle.members.iter().filter(|member| member.standing == Standing::OtherLeaf);
    let others = others.filter(|other| told.insert(other.sha256));
    let said: Vec<Said> = others
        .map(|other| {
            let until = |certificate: &crate::model::certificate::Certificate| {
                date_and_distance(certificate.not_after(), question.at)
            };
            Said::new(format!("{} is a second server certificate beside {}", other.name(), leaf.name()))
                .about(other.index)
                .related(leaf.found.place.clone(), format!("certificate {}, taken for the server's", leaf.index))
                .fact(format!(
                    "this one ends {}, the other {}",
                    until(&other.found.certificate),
                    until(&leaf.found.certificate)
                ))
        })
        .collect();
    Outcome::of(said)
}
