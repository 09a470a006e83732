//! `name/cn-not-in-san`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::general_name::GeneralName;

pub const RULE: Rule = Rule {
    id: "name/cn-not-in-san",
    severity: Severity::Warning,
    decides: true,
    summary: "a common name that is not in subjectAltName",
    why: "Old programs look at the common name, new ones at subjectAltName; where they differ, one of the two \
          refuses the connection. The common name must be one of the entries, character for character.",
    mend: "Have it signed with the common name among its `--san`.",
    source: "Baseline Requirements 7.1.4.3",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let (certificate, names) = (sheet.certificate(), sheet.names());
    let Some(common_name) = certificate.subject().common_name() else { return Outcome::NotApplicable };
    if !sheet.is_end_entity() || names.is_empty() {
        return Outcome::NotApplicable;
    }
    let said = || Said::new(format!("the common name `{common_name}` is not in the subjectAltName"));
    if names.iter().any(|name| is_copy(name, common_name)) {
        return Outcome::Passed;
    }
    match names.iter().find(|name| matches!(name, GeneralName::Dns(host) if host.eq_ignore_ascii_case(common_name))) {
        Some(name) => {
            Outcome::found(said().fact(format!("{name} differs in upper and lower case")).at_most(Severity::Note))
        }
        None => Outcome::found(said().fact(format!(
            "it has {} names, the first is {}",
            names.len(),
            names.first().map(GeneralName::to_string).unwrap_or_default()
        ))),
    }
}

/// The entry as a common name has to repeat it; an address in its canonical text (RFC 5952).
fn is_copy(name: &GeneralName, common_name: &str) -> bool {
    match name {
        GeneralName::Dns(name) => name == common_name,
        GeneralName::Email(address) => address == common_name,
        GeneralName::Ip(octets) => {
            GeneralName::address(octets).is_some_and(|address| address.to_string() == common_name)
        }
        _ => false,
    }
}
