//! `cert/nc-malformed`

use super::TOLD;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;
use crate::trust::general_name::GeneralName;

pub const RULE: Rule = Rule {
    id: "cert/nc-malformed",
    severity: Severity::Warning,
    decides: true,
    summary: "nameConstraints that verifiers read differently or not at all",
    why: "An empty list, `minimum` or `maximum`, a DNS constraint with a leading dot, a URI constraint that is no \
          domain: some verifiers refuse the chain, others let everything pass.",
    mend: "The CA has to sign the intermediate again: DNS constraints without a leading dot, no `minimum`, no \
          `maximum`.",
    source: "RFC 5280 4.2.1.10",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let extensions = sheet.extensions();
    if extensions.malformed.contains(&Kind::NameConstraints) {
        return Outcome::found(
            Said::new(format!("the nameConstraints of {} cannot be used", sheet.name()))
                .fact("they are empty, or a subtree has `minimum` or `maximum`, or they are no DER"),
        );
    }
    let Some(constraints) = &extensions.name_constraints else { return Outcome::NotApplicable };
    let bases = constraints.permitted.iter().chain(&constraints.excluded).flatten();
    let wrong = bases.filter_map(|base| {
        let reason = fault(base)?;
        Some(Said::new(format!("the name constraint {base} of {} {reason}", sheet.name())))
    });
    Outcome::of(wrong.take(TOLD).collect())
}

fn fault(base: &GeneralName) -> Option<&'static str> {
    match base {
        GeneralName::Dns(name) if name.starts_with('.') => Some("begins with a dot"),
        GeneralName::Dns(name) if name.contains('*') => Some("has a wildcard"),
        GeneralName::Ip(octets) if !matches!(octets.len(), 8 | 32) => Some("is no address with a mask"),
        GeneralName::Email(address) if address.matches('@').count() > 1 => Some("is no mailbox"),
        // A host name, or a domain after a dot; never an address.
        GeneralName::Uri(host) => {
            let host = host.strip_prefix('.').unwrap_or(host);
            let is_domain = host.contains('.')
                && crate::trust::reference::is_host_name(host)
                && host.parse::<std::net::IpAddr>().is_err();
            (!is_domain).then_some("is no domain name")
        }
        _ => None,
    }
}
