//! `input/unusable`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::{Aid, Question, UnusableAid};
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::{PlaceNote, Severity};

pub const RULE: Rule = Rule {
    id: "input/unusable",
    severity: Severity::Error,
    decides: true,
    summary: "what the file was to be held against cannot be used",
    why: "A key, trust anchors, intermediates, a CRL, TLSA records or a policy were given, and could not be read. What they were given for \
          was not checked, or without all that they hold.",
    mend: "Give a file that can be read (`sealpost show FILE` says what is in it), or leave the option out.",
    source: "sealpost lint --help",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(_: &Bundle<'_>, question: &Question) -> Outcome {
    let said: Vec<Said> = question.unusable.iter().map(unusable).collect();
    let given = question.key.is_some()
        || !(question.stores.is_empty() && question.pool.is_empty() && question.crls.is_empty())
        || !(question.tlsa.is_none() && question.exchangers.is_empty());
    if said.is_empty() && !given { Outcome::NotApplicable } else { Outcome::of(said) }
}

fn unusable(UnusableAid { aid, error }: &UnusableAid) -> Said {
    let (option, consequence) = match aid {
        Aid::Key => ("--key", "whether it is the key of the certificate was not checked"),
        Aid::Trust => ("--trust", "what cannot be read is not trusted"),
        Aid::Pool => ("--pool", "what cannot be read completes no chain"),
        Aid::Crl => ("--crl", "what it says of revoked certificates was not looked at"),
        Aid::Tlsa => ("--tlsa", "whether the certificate fits the records was not checked"),
        Aid::MtaSts => ("--mta-sts", "whether the certificate covers the hosts of the policy was not checked"),
        Aid::Mx => ("--mx", "whether the certificate covers the mail hosts was not checked"),
    };
    let mut places = error.places.iter();
    let said = Said {
        message: format!("{option} cannot be used as given: {}", error.message),
        place: places.next().map(|note| note.place.clone()),
        related: places.filter(|note| note.what.is_some()).cloned().collect::<Vec<PlaceNote>>(),
        facts: error.facts.clone(),
        help: error.help.clone(),
        ..Said::default()
    };
    said.fact(consequence)
}
