//! `chain/misordered`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "chain/misordered",
    severity: Severity::Error,
    decides: true,
    summary: "the issuers do not stand in the order of the path",
    why: "TLS 1.2 peers may insist that each certificate certifies the one before it; GnuTLS before 3.7, old Java \
          and embedded stacks do. Most other programs sort for themselves, so that the fault shows only at some \
          peers.",
    mend: "`sealpost lint --fix FILE` writes the chain in order.",
    source: "RFC 5246 7.4.2, RFC 8446 4.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Ok(chain) = &bundle.chain else { return Outcome::NotApplicable };
    // Where the leaf stands is `chain/leaf-not-first`.
    let issuers: Vec<_> = chain.path().skip(1).filter_map(|found| bundle.member(&found.certificate)).collect();
    let late = issuers.iter().zip(issuers.iter().skip(1)).find(|(one, next)| one.index > next.index);
    let Some((late, early)) = late else {
        return if issuers.len() > 1 { Outcome::Passed } else { Outcome::NotApplicable };
    };
    let order = |indices: Vec<usize>| indices.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let right = issuers.iter().map(|member| member.index).collect::<Vec<_>>();
    let mut found = right.clone();
    found.sort_unstable();
    Outcome::found(
        Said::new(format!("{} stands before {}, which it certifies", early.name(), late.name()))
            .about(early.index)
            .related(late.found.place.clone(), format!("certificate {}, {}", late.index, late.name()))
            .fact(format!("issuers in the file: certificates {}", order(found)))
            .fact(format!("in path order: certificates {}", order(right))),
    )
}
