//! `mail/mx-not-covered`

use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::presented::Presented;
use crate::trust::reference::Reference;

pub const RULE: Rule = Rule {
    id: "mail/mx-not-covered",
    severity: Severity::Error,
    decides: true,
    summary: "a mail exchanger whose name is not in the certificate",
    why: "Senders that check names, by MTA-STS or by their own policy, do not deliver to the host; the others tell nobody.",
    mend: "Request a certificate with every host name of the MX records: `sealpost cert request PROFILE --san NAME`.",
    source: "RFC 8461 4.1, 4.2; RFC 7672 3.2",
    fixable: false,
    check: Check::Bundle(check),
};

/// Names that are listed when one is missing.
const TOLD: usize = 8;

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf().filter(|_| !question.exchangers.is_empty()) else { return Outcome::NotApplicable };
    let Ok(link) = &leaf.link else { return Outcome::NotCheckable("a certificate that can be read strictly") };
    let presented = match question.ruleset.common_name {
        true => Presented::of(link),
        false => Presented::in_alt_names(link),
    };
    let covered = |host: &str| is_covered(host, leaf, &presented);
    let missing: Vec<&String> = question.exchangers.iter().filter(|host| !covered(host)).collect();
    if missing.is_empty() {
        return Outcome::Passed;
    }
    let names: Vec<&str> = leaf.found.certificate.dns_names().take(TOLD).collect();
    let said = missing.iter().map(|host| {
        Said::new(format!("{} does not cover the mail exchanger {host}", leaf.name())).about(leaf.index).fact(
            match names.is_empty() {
                true => "it has no host name in its subjectAltName".to_owned(),
                false => format!("its names: {}", names.join(", ")),
            },
        )
    });
    Outcome::of(said.collect())
}

/// `host` may be a pattern of an MTA-STS policy (RFC 8461 section 4.1): then some name below it is enough.
fn is_covered(host: &str, leaf: &Member, presented: &Presented) -> bool {
    match host.strip_prefix("*.") {
        Some(parent) => leaf.found.certificate.dns_names().any(|name| {
            name.trim_end_matches('.')
                .split_once('.')
                .is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent.trim_end_matches('.')))
        }),
        None => host.parse::<Reference>().is_ok_and(|reference| presented.matches(&reference).is_ok()),
    }
}
