//! `chain/dn-encoding`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/dn-encoding",
    severity: Severity::Warning,
    decides: false,
    summary: "issuer and subject are the same name written in two ways",
    why: "RFC 5280 takes names that differ in case, spaces or string type for one, and so does OpenSSL. Go and webpki compare byte \
          for byte and say that the issuer is missing. GnuTLS says so too where case or spaces differ; where the string type alone \
          does, it accepts the chain, and that is a note.",
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
        let (wanted, own) = (member.found.certificate.issuer().to_string(), path::subject(issuer));
        let is_of_type = wanted == own;
        let said = Said::new(format!("{} writes the name of its issuer otherwise than the issuer does", member.name()))
            .about(member.index)
            .fact(format!("issuer: {wanted}"))
            .fact(format!("subject of the issuer: {own}"));
        Some(match is_of_type {
            true => said.fact("the string types differ: Go and webpki refuse the chain").at_most(Severity::Note),
            false => said.fact("GnuTLS, Go and webpki refuse the chain"),
        })
    });
    Outcome::of(said.collect())
}
