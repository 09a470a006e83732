//! `key/malformed`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::private_key::PrivateKeyError;

pub const RULE: Rule = Rule {
    id: "key/malformed",
    severity: Severity::Error,
    decides: true,
    summary: "a private key whose parts do not belong together",
    why: "The numbers contradict each other, or the public key that stands beside the private one is that of another. Some programs \
          refuse the key, others load it and fail in every handshake.",
    mend: "Take the key from the program that made it once more.",
    source: "RFC 5958 2, RFC 5915 3, RFC 8017 3.2",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let sorted = &bundle.sorted;
    if sorted.keys.is_empty() && sorted.unusable_keys.is_empty() {
        return Outcome::NotApplicable;
    }
    let damaged = sorted.unusable_keys.iter().filter_map(|(place, reason)| Some(said(reason)?.at(place.clone())));
    Outcome::of(damaged.collect())
}

fn said(reason: &PrivateKeyError) -> Option<Said> {
    match reason {
        PrivateKeyError::PublicKeyDiffers { kind, stated, computed } => Some(
            Said::new(format!("the public key inside is not that of the {kind} key"))
                .fact(format!("public key inside:                {stated}"))
                .fact(format!("public key of the private numbers: {computed}")),
        ),
        PrivateKeyError::Damaged { .. } => Some(Said::new(reason.to_string())),
        _ => None,
    }
}
