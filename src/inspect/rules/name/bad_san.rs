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
    summary: "a subjectAltName entry that is no proper name",
    why: "No client matches it, and some refuse the whole certificate. It is usually a typing error: a blank, a \
          URL, an address written as a host name.",
    mend: "Have it signed with the right names; `sealpost cert request` refuses wrong ones and says what was \
          probably meant.",
    source: "RFC 5280 4.2.1.6, RFC 1123 2.1",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let names = sheet.names();
    if names.is_empty() {
        return Outcome::NotApplicable;
    }
    let wrong = names.iter().filter_map(|name| {
        let reason = fault(name)?;
        Some(Said::new(format!(
            "the subjectAltName of {} has a bad entry: `{}` {reason}",
            sheet.name(),
            entry::shown(name)
        )))
    });
    Outcome::of(wrong.take(entry::TOLD).collect())
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
