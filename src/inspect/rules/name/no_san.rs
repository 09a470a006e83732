//! `name/no-san`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;
use crate::trust::general_name::GeneralName;

pub const RULE: Rule = Rule {
    id: "name/no-san",
    severity: Severity::Error,
    decides: true,
    summary: "a server certificate without a host name in subjectAltName",
    why: "Clients look for host names in subjectAltName and nowhere else: Go, rustls, Python and browsers ignore \
          the common name, OpenSSL and Postfix still take it where there is no dNSName. URIs and mailboxes there are \
          no names of hosts.",
    mend: "Have it signed with its host names: `sealpost cert request PROFILE --cn NAME --san NAME`.",
    source: "RFC 9525 2, Baseline Requirements 7.1.2.7.12",
    fixable: false,
    check: Check::Certificate(check),
};

/// Entries shown of those that are no host names.
const SHOWN: usize = 8;

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    match (sheet.critical(Kind::SubjectAltName), &sheet.extensions().alt_names) {
        (None, _) if !sheet.is_end_entity() => Outcome::NotApplicable,
        (None, _) => Outcome::found(
            Said::new(format!("{} has no subjectAltName", sheet.name()))
                .fact(format!("its subject is `{}`", sheet.certificate().subject())),
        ),
        (Some(_), Some(names)) if names.is_empty() => {
            Outcome::found(Said::new(format!("the subjectAltName of {} is empty", sheet.name())))
        }
        (Some(_), Some(names))
            if question.ruleset.side == Use::Server && sheet.is_end_entity() && !names.iter().any(is_host) =>
        {
            let shown: Vec<String> = names.iter().take(SHOWN).map(entry::shown).collect();
            Outcome::found(
                Said::new(format!("the subjectAltName of {} has neither a host name nor an address", sheet.name()))
                    .fact(format!("it has {}", shown.join(", "))),
            )
        }
        (Some(_), Some(_)) => Outcome::Passed,
        (Some(_), None) => Outcome::NotCheckable("subjectAltName that can be read"),
    }
}

fn is_host(name: &GeneralName) -> bool {
    matches!(name, GeneralName::Dns(_) | GeneralName::Ip(_))
}
