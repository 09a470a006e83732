//! `cert/eku-in-root`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/eku-in-root",
    severity: Severity::Warning,
    decides: true,
    summary: "a root with extKeyUsage",
    why: "A root is limited by whoever trusts it, not by itself. Some verifiers apply the list to everything below \
          it, others do not look.",
    mend: "Nothing to do for a server; the CA has to make another root.",
    source: "Baseline Requirements 7.1.2.1.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.is_self_issued() || sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(sheet.critical(Kind::ExtendedKeyUsage).is_none(), || {
        Said::new(format!("the root {} has an extKeyUsage", sheet.name()))
            .fact(sheet.certificate().extended_key_usage().unwrap_or_default().join(", "))
    })
}
