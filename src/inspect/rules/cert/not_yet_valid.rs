//! `cert/not-yet-valid`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment;

pub const RULE: Rule = Rule {
    id: "cert/not-yet-valid",
    severity: Severity::Error,
    decides: true,
    summary: "a certificate whose validity has not begun",
    why: "Clients refuse it as they refuse an expired one. Either it was installed too early, or the clock of one \
          side is wrong.",
    mend: "Wait, or compare the clocks: `timedatectl`. Keep the old certificate in use until then.",
    source: "RFC 5280 4.1.2.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let begin = sheet.not_before();
    Outcome::unless(begin <= question.at, || {
        Said::new(format!("{} is valid only from {}", sheet.name(), moment::date_and_distance(begin, question.at)))
            .fact(format!("notBefore {}", moment::rfc3339(begin)))
            .fact(format!("checked at {}", moment::rfc3339(question.at)))
    })
}
