//! `chain/dn-encoding`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/dn-encoding",
    severity: Severity::Note,
    decides: false,
    summary: "issuer and subject are the same name in another encoding",
    why: "RFC 5280 takes the two for one name. Go, webpki and other programs compare byte for byte and say that the \
          issuer is missing.",
    mend: "Get the chain again from the authority; with your own authority, issue the certificate anew.",
    source: "RFC 5280 7.1, Baseline Requirements 7.1.4.1",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(best) = path::best(bundle) else { return path::unless_judged(bundle) };
    let pairs = best.links.iter().zip(best.links.iter().skip(1));
    let said = pairs.filter(|(child, issuer)| child.issuer() != issuer.subject()).filter_map(|(child, issuer)| {
        let member = path::member(bundle, child)?;
        Some(
            Said::new(format!("{} writes the name of its issuer otherwise than the issuer does", member.name()))
                .about(member.index)
                .fact(format!("issuer: {}", member.found.certificate.issuer()))
                .fact(format!("subject of the issuer: {}", path::subject(issuer))),
        )
    });
    Outcome::of(said.collect())
}
