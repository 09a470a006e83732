//! `key/weak`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::factors;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::sheet;
use crate::model::diagnostic::Severity;
use crate::model::place::Place;
use crate::model::private_key::PrivateKeyError;
use crate::model::public_key::{KeyKind, PublicKey};

pub const RULE: Rule = Rule {
    id: "key/weak",
    severity: Severity::Warning,
    decides: false,
    summary: "a private key that others can compute, that is too short, or of a kind that TLS programs do not take",
    why: "An RSA modulus with a small factor, with two primes close together, or from a faulty chip (ROCA) can be factored from the \
          certificate alone, and one of 1024 bits by whoever spends enough on it. Current programs refuse to load short keys, DSA keys and \
          keys on unusual curves.",
    mend: "Make a new key and let the CA sign it: `sealpost cert request PROFILE --cn NAME`.",
    source: "Baseline Requirements 6.1.1.3, 6.1.5",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let sorted = &bundle.sorted;
    let own = sorted.keys.iter().map(|found| (found.key.public(), found.place.clone()));
    let given = question.key.iter().map(|(key, file)| (key, Place::file(file)));
    let mut said: Vec<Said> = own.chain(given).filter_map(|(key, place)| Some(factorable(key)?.at(place))).collect();
    said.extend(sorted.unusable_keys.iter().filter_map(|(place, reason)| Some(unusable(reason)?.at(place.clone()))));
    match said.is_empty() && sorted.keys.is_empty() && question.key.is_none() {
        true => Outcome::NotApplicable,
        false => Outcome::of(said),
    }
}

fn factorable(key: &PublicKey) -> Option<Said> {
    let KeyKind::Rsa(_) = key.kind() else { return None };
    let weakness = factors::weakness(sheet::rsa_numbers(key.spki())?.modulus)?;
    let said = Said::new(format!("anybody can compute the private key: its RSA modulus {weakness}"));
    Some(said.fact(format!("public key {}", key.fingerprint())))
}

fn unusable(reason: &PrivateKeyError) -> Option<Said> {
    match reason {
        PrivateKeyError::RsaSize(bits) if *bits < 2048 => Some(
            Said::new(format!("the RSA key has {bits} bits"))
                .fact("RSA keys have at least 2048 bits, and other programs refuse this one too"),
        ),
        PrivateKeyError::Unsupported(kind) => Some(
            Said::new(format!("the private key is of an unusual kind: {kind}"))
                .fact("TLS programs take RSA, ECDSA on P-256, P-384 or P-521, and Ed25519"),
        ),
        _ => None,
    }
}
