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
    let found: Vec<(&PublicKey, Place)> =
        bundle.sorted.keys.iter().map(|found| (found.key.public(), found.place.clone())).collect();
    let Some(first) = presented(bundle).filter(|_| question.key.is_some() || !found.is_empty()) else {
        return Outcome::NotApplicable;
    };
    let fits = |key: &PublicKey| key == first.found.certificate.public_key();
    // Two servers' pairs may share a file: a key in it is wrong when the first certificate has another, and it is the only one, or
    // when no certificate has it at all. A key that was given beside the file has to be the right one.
    let any_fits = found.iter().any(|(key, _)| fits(key)) || question.key.iter().any(|(key, _)| fits(key));
    let owner = |key: &PublicKey| bundle.members.iter().find(|member| member.found.certificate.public_key() == key);
    let wrong = given.filter(|(key, _)| !fits(key));
    let wrong = wrong.chain(found.into_iter().filter(|(key, _)| !any_fits || owner(key).is_none()));
    Outcome::of(wrong.map(|(key, place)| mismatch(key, &place, first, owner(key))).collect())
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
    let Some(owner) = owner else { return said.fact("no certificate in the file has this key") };
    let until = crate::model::moment::date(owner.found.certificate.not_after());
    match owner.found.certificate.is_ca() && !first.found.certificate.is_ca() {
        true => said
            .fact(format!("it is the key of certificate {}, the CA {} (until {until})", owner.index, owner.name()))
            .help(format!("give the key that was made for {name}; the key of a CA belongs on no server")),
        false => said
            .fact(format!("it belongs to certificate {} ({}, until {until})", owner.index, owner.name()))
            .help("put the certificate of this key first, or give the key of the first one"),
    }
}

fn key_id(key: &PublicKey) -> String {
    format!("SHA-256 {}…", key.fingerprint().short())
}
