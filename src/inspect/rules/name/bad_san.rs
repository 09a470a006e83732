//! `name/bad-san`

use super::entry::{self, Form};
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;

pub const RULE: Rule = Rule {
    id: "name/bad-san",
    severity: Severity::Warning,
    decides: true,
    summary: "a subjectAltName entry or name constraint that is no proper name",
    why: "No client matches it, and some refuse the whole certificate. It is usually a typing error: a blank, a \
          URL, an address written as a host name. A constraint with a leading dot or a wildcard is told as a note: \
          verifiers read it each in their own way.",
    mend: "Have it signed with the right names; `sealpost cert request` refuses wrong ones and says what was \
          probably meant.",
    source: "RFC 5280 4.2.1.6, RFC 1123 2.1",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let names = sheet.names();
    let bases: Vec<&str> = entry::constraints(sheet).collect();
    if names.is_empty() && bases.is_empty() {
        return Outcome::NotApplicable;
    }
    let wrong = names.iter().filter_map(|name| {
        let reason = fault(name)?;
        let name = entry::shown(name);
        Some(Said::new(format!("the subjectAltName of {} has a bad entry: `{name}` {reason}", sheet.name())))
    });
    let wrong_bases = bases.into_iter().filter_map(|base| constraint(base, sheet));
    Outcome::of(wrong.chain(wrong_bases).take(entry::TOLD).collect())
}

/// A constraint is a host name or a domain, written as such (RFC 5280 section 4.2.1.10).
fn constraint(base: &str, sheet: &Sheet<'_>) -> Option<Said> {
    let domain = base.strip_prefix("*.").or_else(|| base.strip_prefix('.'));
    let (reason, at_most) = match (entry::form(domain.unwrap_or(base)), domain) {
        (Form::Bad(reason), _) => (reason, None),
        (_, None) => return None,
        (_, Some(_)) if base.starts_with('.') => ("begins with a dot", Some(Severity::Note)),
        (_, Some(_)) => ("has a wildcard", Some(Severity::Note)),
    };
    let base = entry::printable(base);
    let said = Said::new(format!("the nameConstraints of {} have a bad entry: `{base}` {reason}", sheet.name()));
    Some(Said { at_most, ..said })
}

fn fault(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::Dns(name) => match entry::form(name) {
            Form::Host | Form::Underscore | Form::Wildcard => None,
            Form::Bad(reason) => Some(reason.to_string()),
        },
        GeneralName::Ip(octets) if GeneralName::address(octets).is_none() => {
            Some(format!("has {} octets, and an address has 4 or 16", octets.len()))
        }
        GeneralName::Email(address) if address.matches('@').count() != 1 => Some("is no mailbox".into()),
        GeneralName::Uri(uri) if !uri.contains(':') => Some("is no URI: it has no scheme".into()),
        _ => None,
    }
}
