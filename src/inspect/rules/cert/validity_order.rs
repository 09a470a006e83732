//! `cert/validity-order`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment;

pub const RULE: Rule = Rule {
    id: "cert/validity-order",
    severity: Severity::Error,
    decides: true,
    summary: "a certificate that ends before it begins",
    why: "There is no moment at which it is valid, so nobody ever accepts it.",
    mend: "Have it signed again with proper dates.",
    source: "RFC 5280 4.1.2.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let (begin, end) = (sheet.not_before(), sheet.not_after());
    Outcome::unless(begin <= end, || {
        Said::new(format!("{} ends before it begins", sheet.name()))
            .fact(format!("notBefore {}", moment::rfc3339(begin)))
            .fact(format!("notAfter {}", moment::rfc3339(end)))
    })
}
