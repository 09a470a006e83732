//! `key/encrypted`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "key/encrypted",
    severity: Severity::Note,
    decides: false,
    summary: "a private key under a password",
    why: "A server that starts without anybody at its keyboard cannot ask for the password; Postfix refuses such \
          a key. A key encrypted in the old way of PEM headers is one round of MD5 away from whoever guesses its \
          password.",
    mend: "Give the server a key without password that only its owner can read: `openssl pkey -in FILE -out server.key`.",
    source: "RFC 5958 3, RFC 1421 4.6.1.3",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let sorted = &bundle.sorted;
    if sorted.keys.is_empty() && sorted.unusable_keys.is_empty() && sorted.locked.is_empty() {
        return Outcome::NotApplicable;
    }
    // The old way is told while reading, and stays told when a password has opened the key since.
    let damages = || bundle.items.damages.iter().filter(|damage| damage.rule == RULE.id);
    let mut said: Vec<Said> = damages()
        .map(|damage| {
            let told = Said { facts: damage.facts.clone(), help: damage.help.clone(), ..Said::new(&damage.message) };
            told.at(damage.place.clone())
        })
        .collect();
    for (place, locked) in sorted.locked.iter().filter(|(_, locked)| locked.is_single_key()) {
        if !damages().any(|damage| damage.place == *place) {
            said.push(
                Said::new(format!("the private key is under a password: {}", locked.protection())).at(place.clone()),
            );
        }
    }
    Outcome::of(said)
}
