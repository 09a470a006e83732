//! `cert/expired-leaf`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment;

pub const RULE: Rule = Rule {
    id: "cert/expired-leaf",
    severity: Severity::Error,
    decides: true,
    summary: "a server certificate that has expired",
    why: "Every client that checks certificates refuses the connection. Mail servers that require TLS keep the \
          mail in their queue until it bounces.",
    mend: "Renew it: `sealpost cert request PROFILE`, let the CA sign, `sealpost cert import PROFILE FILE`.",
    source: "RFC 5280 4.1.2.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    if !sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    let end = sheet.not_after();
    // The second of notAfter itself still belongs to the validity.
    Outcome::unless(end >= question.at, || {
        Said::new(format!("{} expired on {}", sheet.name(), moment::date_and_distance(end, question.at)))
            .fact(format!("notAfter {}", moment::rfc3339(end)))
            .fact(format!("checked at {}", moment::rfc3339(question.at)))
    })
}
