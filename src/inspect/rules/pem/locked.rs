//! `pem/locked`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "pem/locked",
    severity: Severity::Error,
    decides: true,
    summary: "a container under a password that was not given",
    why: "Nothing in it was looked at, so nothing can be said for it.",
    mend: "Give the password: `sealpost lint FILE --password-file PASSWORD_FILE`.",
    source: "RFC 7292 5",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let containers = bundle.sorted.locked.iter().filter(|(_, locked)| !locked.is_single_key());
    let said = containers.map(|(place, locked)| {
        Said::new(format!("this is under a password, and nothing in it was checked: {}", locked.protection()))
            .at(place.clone())
            .help("--password-file FILE or --password-env NAME opens it")
    });
    Outcome::of(said.collect())
}
