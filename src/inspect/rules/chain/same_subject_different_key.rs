//! `chain/same-subject-different-key`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/same-subject-different-key",
    severity: Severity::Warning,
    decides: false,
    summary: "another certificate with the name of an issuer, and another key",
    why: "A re-keyed authority or an impostor. Programs that look for the issuer by name alone take the first that \
          fits and fail with a bad signature.",
    mend: "`sealpost lint --fix FILE` keeps the one whose key made the signature.",
    source: "RFC 5280 4.2.1.1",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(best) = path::best(bundle) else { return path::unless_judged(bundle) };
    let mut said = Vec::new();
    for right in best.links.iter().skip(1) {
        let namesakes = bundle.members.iter().filter(|member| member.standing == Standing::Stranger).filter(|member| {
            let link = member.link.as_ref().ok();
            link.is_some_and(|link| {
                link.subject_folded() == right.subject_folded() && link.public_key() != right.public_key()
            })
        });
        said.extend(namesakes.take(TOLD).map(|other| {
            let key = |spki: &crate::model::public_key::PublicKey| spki.fingerprint().short();
            let told = Said::new(format!("{} has the name of an issuer, but another key", other.name()))
                .about(other.index)
                .fact(format!("this one's key: SHA-256 {}…", key(other.found.certificate.public_key())))
                .fact(format!("the key that made the signature: SHA-256 {}…", key(right.public_key())));
            match path::member(bundle, right) {
                Some(right) => {
                    told.related(right.found.place.clone(), format!("certificate {}, the right one", right.index))
                }
                None => told.fact("the right one is not in the file"),
            }
        }));
    }
    Outcome::of(said)
}

const TOLD: usize = 16;
