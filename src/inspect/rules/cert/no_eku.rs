//! `cert/no-eku`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/no-eku",
    severity: Severity::Note,
    decides: true,
    summary: "a server certificate without extKeyUsage",
    why: "Without the extension a certificate may be used for everything, and most clients take it. Public CAs \
          must set it, and Apple's systems refuse a server without it.",
    mend: "Have it signed with serverAuth.",
    source: "Baseline Requirements 7.1.2.7.6, 7.1.2.7.10",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(sheet.critical(Kind::ExtendedKeyUsage).is_some(), || {
        Said::new(format!("{} has no extKeyUsage", sheet.name())).fact("a server certificate has serverAuth")
    })
}
