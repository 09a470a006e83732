//! `chain/cross-signed`

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::certificate::Certificate;
use crate::model::diagnostic::Severity;
use std::collections::HashMap;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/cross-signed",
    severity: Severity::Note,
    decides: false,
    summary: "one authority with certificates of two issuers",
    why: "More than one path leads from the server's certificate, and which one a peer takes depends on the peer.",
    mend: "Nothing, as long as every path holds; drop the one whose root the peers have dropped.",
    source: "RFC 4949, Baseline Requirements 7.1.2.2",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf() else { return Outcome::NotApplicable };
    let mut first: HashMap<(&[u8], &[u8]), &Member> = HashMap::new();
    let mut said = Vec::new();
    let authorities = bundle
        .members
        .iter()
        .filter(|member| matches!(member.standing, Standing::Intermediate | Standing::Root | Standing::Alternative));
    for member in authorities {
        let certificate = &member.found.certificate;
        let identity = (certificate.subject().der(), certificate.public_key().spki());
        let other = *first.entry(identity).or_insert(member);
        if other.found.certificate.issuer() != certificate.issuer() && said.len() < TOLD {
            let told = Said::new(format!("{} has a second certificate from another issuer", member.name()))
                .about(member.index)
                .related(
                    other.found.place.clone(),
                    format!("certificate {}, by {}", other.index, other.found.certificate.issuer().short()),
                )
                .fact(format!("this one is by {}", certificate.issuer().short()));
            said.push(
                paths(leaf, [other, member].map(|member| &member.found.certificate), bundle)
                    .into_iter()
                    .fold(told, Said::fact),
            );
        }
    }
    Outcome::of(said)
}

/// The ways up over each of the two, as far as they were tried.
fn paths(leaf: &Member, over: [&Certificate; 2], bundle: &Bundle<'_>) -> Vec<String> {
    let tried = bundle.verdict.iter().flat_map(|verdict| &verdict.paths).filter(|path| path.links.len() > 1);
    let lists = over.map(|certificate| {
        let through = tried.clone().find(|path| path.links.iter().any(|link| link.der() == certificate.der()));
        match through {
            Some(path) => {
                let names: Vec<String> = path.links.iter().map(path::name).collect();
                let verdict = if path.holds() { "holds" } else { "does not hold" };
                format!("path: {} ({verdict})", names.join(" > "))
            }
            None => {
                format!("path: {} > … > {} > {}", leaf.name(), certificate.display_name(), certificate.issuer().short())
            }
        }
    });
    lists.to_vec()
}

const TOLD: usize = 16;
