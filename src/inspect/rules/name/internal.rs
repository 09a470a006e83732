//! `name/internal`

use super::entry;
use super::reach::{self, Beyond};
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;

pub const RULE: Rule = Rule {
    id: "name/internal",
    severity: Severity::Warning,
    decides: true,
    summary: "a name or address that means nothing on the public internet",
    why: "Whoever has the same internal name could use the certificate, so public CAs must not sign it. Within a \
          house with a CA of its own it is all right. An internal host in a name constraint, or in a place where \
          policies or issuers are published, is told as a note: nobody outside can look it up.",
    mend: "Ask for the public name of the host, or use a CA of your own and the ruleset private-ca.",
    source: "Baseline Requirements 1.6.1 (Internal Name), 4.2.2, 7.1.2.7.12",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let names = if sheet.is_end_entity() { sheet.names() } else { &[] };
    let bases: Vec<&str> = entry::constraints(sheet).collect();
    let places = reach::places(sheet);
    if names.is_empty() && bases.is_empty() && places.is_empty() {
        return Outcome::NotApplicable;
    }
    let own = names.iter().filter_map(|name| own_name(name, sheet));
    let constraints = bases.into_iter().filter_map(|base| constraint(base, sheet));
    let published = places.iter().filter_map(|(what, uri)| {
        let reason = reach::uri_fault(uri)?;
        let uri = entry::printable(uri);
        Some(Said::new(format!("{what} of {}, `{uri}`, {reason}", sheet.name())).at_most(Severity::Note))
    });
    Outcome::of(own.chain(constraints).chain(published).take(entry::TOLD).collect())
}

fn own_name(name: &GeneralName, sheet: &Sheet<'_>) -> Option<Said> {
    let beyond = match name {
        GeneralName::Dns(host) => reach::host(host)?,
        GeneralName::Ip(octets) => reach::address(GeneralName::address(octets)?)?,
        _ => return None,
    };
    let said = Said::new(format!("`{}` of {} {}", entry::shown(name), sheet.name(), beyond.words()));
    // A top-level domain may have been made after this program was.
    Some(if beyond == Beyond::UnknownTopLevel { said.at_most(Severity::Warning) } else { said })
}

/// A constraint to all names, or to those below an internal domain, is what a private authority needs; it does no harm.
fn constraint(base: &str, sheet: &Sheet<'_>) -> Option<Said> {
    let domain = base.strip_prefix('.').unwrap_or(base);
    let reason = match reach::host(domain)? {
        Beyond::NoDomain => "is a whole top-level domain",
        beyond => beyond.words(),
    };
    let base = entry::printable(base);
    Some(Said::new(format!("the name constraint `{base}` of {} {reason}", sheet.name())).at_most(Severity::Note))
}
