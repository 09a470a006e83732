//! `name/underscore`

use super::entry;
use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "name/underscore",
    severity: Severity::Warning,
    decides: true,
    summary: "an underscore in a host name",
    why: "Host names have letters, digits and hyphens. Public CAs must not sign an underscore, and some clients do \
          not match it.",
    mend: "Give the host a name without it, and ask for a certificate for that: `sealpost cert request PROFILE \
          --san NAME`.",
    source: "RFC 1123 2.1, Baseline Requirements 7.1.2.7.12",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if entry::hosts(sheet).next().is_none() {
        return Outcome::NotApplicable;
    }
    let wrong = entry::hosts(sheet).filter(|host| host.contains('_')).map(|host| {
        let said =
            Said::new(format!("the host name `{}` of {} has an underscore", entry::printable(host), sheet.name()));
        said.fact(format!("`{}` would be a host name", entry::printable(&host.replace('_', "-"))))
    });
    Outcome::of(wrong.take(entry::TOLD).collect())
}
