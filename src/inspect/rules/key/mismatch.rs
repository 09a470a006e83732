//! `key/mismatch`

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::place::Place;
use crate::model::public_key::PublicKey;

pub const RULE: Rule = Rule {
    id: "key/mismatch",
    severity: Severity::Error,
    decides: true,
    summary: "the private key is not the key of the certificate",
    why: "A server refuses to start with such a pair, or every handshake fails. Often a renewal came with a new key and only one of both \
          files was replaced.",
    mend: "Find the key that belongs to the certificate (the finding tells its fingerprint), or let the CA sign this key.",
    source: "RFC 8446 4.4.3",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let given = question.key.iter().map(|(key, file)| (key, Place::file(file)));
    let found = bundle.sorted.keys.iter().map(|found| (found.key.public(), found.place.clone()));
    let keys: Vec<(&PublicKey, Place)> = given.chain(found).collect();
    let Some(first) = presented(bundle).filter(|_| !keys.is_empty()) else { return Outcome::NotApplicable };
    // Two servers' pairs may share a file: a key is wrong when the first certificate has another, and it is the only one, or
    // when no certificate has it at all.
    let any_fits = keys.iter().any(|(key, _)| *key == first.found.certificate.public_key());
    let said = keys.iter().filter_map(|(key, place)| {
        let owner = bundle.members.iter().find(|member| member.found.certificate.public_key() == *key);
        match owner {
            Some(_) if any_fits => None,
            owner => Some(mismatch(key, place, first, owner)),
        }
    });
    Outcome::of(said.collect())
}

/// What a server presents: the first certificate of its file, but for authorities that got in front.
fn presented<'a>(bundle: &'a Bundle<'_>) -> Option<&'a Member> {
    bundle.members.iter().find(|member| matches!(member.standing, Standing::Leaf | Standing::OtherLeaf))
}

fn mismatch(key: &PublicKey, place: &Place, first: &Member, owner: Option<&Member>) -> Said {
    let name = first.name();
    let said = Said::new(format!("the private key in {place} is not the key of {name}"))
        .about(first.index)
        .related(place.clone(), "the private key")
        .fact(format!(
            "key of the certificate: {}, {}",
            first.found.certificate.key_kind(),
            key_id(first.found.certificate.public_key())
        ))
        .fact(format!("private key: {}, {}", key.kind(), key_id(key)));
    match owner {
        Some(owner) => {
            let until = crate::model::moment::date(owner.found.certificate.not_after());
            said.fact(format!("it belongs to certificate {} ({}, until {until})", owner.index, owner.name()))
                .help("put the certificate of this key first, or give the key of the first one")
        }
        None => said.fact("no certificate in the file has this key"),
    }
}

fn key_id(key: &PublicKey) -> String {
    format!("SHA-256 {}…", key.fingerprint().short())
}
