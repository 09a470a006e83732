//! `mail/mx-not-covered`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use super::coverage::{Coverage, coverage};

pub const RULE: Rule = Rule {
    id: "mail/mx-not-covered",
    severity: Severity::Error,
    decides: true,
    summary: "a mail exchanger whose name is not in the certificate",
    why: "Senders that check names, by MTA-STS or by their own policy, do not deliver to the host; the others tell nobody.",
    mend: "Request a certificate with every host name of the MX records: `sealpost cert request PROFILE --san NAME`. `--mx DOMAIN` asks \
           DNS for them.",
    source: "RFC 8461 4.1, 4.2; RFC 7672 3.2",
    fixable: false,
    check: Check::Bundle(check),
};

/// Hosts that are told, and names that are listed with each.
const TOLD: usize = 8;

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf().filter(|_| !question.exchangers.is_empty()) else { return Outcome::NotApplicable };
    let Some(coverage) = coverage(bundle, question) else {
        return Outcome::NotCheckable("a certificate that can be read strictly");
    };
    let (covered, missing): (Vec<Coverage>, Vec<Coverage>) =
        coverage.into_iter().partition(|coverage| coverage.by.is_some());
    let names: Vec<&str> = leaf.found.certificate.dns_names().take(TOLD).collect();
    let said = missing.iter().take(TOLD).map(|missing| {
        let message = format!("{} does not cover the mail exchanger {}", leaf.name(), missing.host);
        let said = Said::new(message).about(leaf.index).fact(match names.is_empty() {
            true => "it has no host name in its subjectAltName".to_owned(),
            false => format!("its names: {}", names.join(", ")),
        });
        match covered.is_empty() {
            true => said,
            false => said.fact(format!("covered: {}", listed(&covered))),
        }
    });
    Outcome::of(said.collect())
}

/// The first few, and how many more.
fn listed(covered: &[Coverage]) -> String {
    let hosts: Vec<&str> = covered.iter().take(TOLD).map(|coverage| coverage.host.as_str()).collect();
    match covered.len().saturating_sub(TOLD) {
        0 => hosts.join(", "),
        more => format!("{} and {more} more", hosts.join(", ")),
    }
}
