//! `key/weak`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::private_key::PrivateKeyError;

pub const RULE: Rule = Rule {
    id: "key/weak",
    severity: Severity::Warning,
    decides: false,
    summary: "a private key that is too short, or of a kind that TLS programs do not take",
    why: "An RSA key of 1024 bits can be broken by whoever spends enough on it, and current programs refuse to load it; DSA keys and keys \
          on unusual curves are refused as well.",
    mend: "Make a new key and let the CA sign it: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.1.3, 6.1.5",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let sorted = &bundle.sorted;
    let said: Vec<Said> = sorted
        .unusable_keys
        .iter()
        .filter_map(|(place, reason)| {
            let said = match reason {
                PrivateKeyError::RsaSize(bits) if *bits < 2048 => Said::new(format!("the RSA key has {bits} bits"))
                    .fact("RSA keys have at least 2048 bits, and other programs refuse this one too"),
                PrivateKeyError::Unsupported(kind) => {
                    Said::new(format!("the private key is of an unusual kind: {kind}"))
                        .fact("TLS programs take RSA, ECDSA on P-256, P-384 or P-521, and Ed25519")
                }
                _ => return None,
            };
            Some(said.at(place.clone()))
        })
        .collect();
    match said.is_empty() && sorted.keys.is_empty() {
        true => Outcome::NotApplicable,
        false => Outcome::of(said),
    }
}
