//! `cert/ku-not-critical`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/ku-not-critical",
    severity: Severity::Warning,
    decides: true,
    summary: "a keyUsage that is not critical",
    why: "A program that does not know the extension may use the key for what it must not be used for. All current \
          programs know it.",
    mend: "Nothing to do for a server; the CA has to sign it as critical.",
    source: "RFC 5280 4.2.1.3, Baseline Requirements 7.1.2.7.6",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let Some(critical) = sheet.critical(Kind::KeyUsage) else { return Outcome::NotApplicable };
    Outcome::unless(critical, || {
        let said = Said::new(format!("the keyUsage of {} is not critical", sheet.name()));
        // What a root says of itself binds nobody.
        if sheet.is_self_issued() && !sheet.is_end_entity() { said.at_most(Severity::Warning) } else { said }
    })
}
