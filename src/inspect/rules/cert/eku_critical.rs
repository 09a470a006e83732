//! `cert/eku-critical`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/eku-critical",
    severity: Severity::Warning,
    decides: true,
    summary: "a critical extKeyUsage in a server certificate",
    why: "Programs that do not know one of the purposes must refuse the certificate. Public CAs must not mark it \
          so.",
    mend: "Have it signed again without the critical flag.",
    source: "Baseline Requirements 7.1.2.7.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    match sheet.critical(Kind::ExtendedKeyUsage) {
        Some(critical) if sheet.is_end_entity() => {
            Outcome::unless(!critical, || Said::new(format!("the extKeyUsage of {} is critical", sheet.name())))
        }
        _ => Outcome::NotApplicable,
    }
}
