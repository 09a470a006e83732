//! `chain/bad-signature`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;
use crate::model::fingerprint::hex;

pub const RULE: Rule = Rule {
    id: "chain/bad-signature",
    severity: Severity::Error,
    decides: true,
    summary: "no certificate at hand has the key that made the signature",
    why: "A certificate with the issuer's name is there, but its key did not sign: the certificate was altered, or \
          the issuer is another one of the same name (a re-keyed authority, or an impostor).",
    mend: "Get the chain again from the authority that issued the certificate.",
    source: "RFC 5280 6.1.3 (a)(1)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(end) = path::dead_end(bundle) else { return path::unless_judged(bundle) };
    let Reason::BadSignature { tried } = end.reason else { return Outcome::Passed };
    let name = path::name(end.link);
    let said = Said::new(match tried {
        1 => format!("the signature of {name} does not verify with the key of its issuer"),
        _ => format!(
            "the signature of {name} verifies with the key of none of {tried} certificates of its issuer's name"
        ),
    });
    let mut said = end.about(said);
    let wanted = end.link.extensions().authority_key_id.as_ref().and_then(|id| id.key_id.as_deref());
    for issuer in path::issuers_by_name(bundle, end.link).into_iter().take(4) {
        said = said.related(issuer.found.place.clone(), format!("certificate {}, {}", issuer.index, issuer.name()));
        let own = issuer.link.as_ref().ok().and_then(|link| link.extensions().subject_key_id.as_deref());
        if let (Some(wanted), Some(own)) = (wanted, own) {
            said = said.fact(match wanted == own {
                true => format!("both name the key identifier {}: one of the two was altered", hex(own)),
                false => {
                    format!("it was signed by key {}, certificate {} has key {}", hex(wanted), issuer.index, hex(own))
                }
            });
        }
    }
    Outcome::found(said)
}
