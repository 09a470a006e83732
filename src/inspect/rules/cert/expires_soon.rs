//! `cert/expires-soon`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment;

pub const RULE: Rule = Rule {
    id: "cert/expires-soon",
    severity: Severity::Warning,
    decides: false,
    summary: "a server certificate that expires soon",
    why: "Renewing takes a request, a signature and an installation, each of which can fail. Less than two weeks, \
          or less than the last third of a short life, leaves no room for that.",
    mend: "Renew it now: `sealpost cert request PROFILE`, let the CA sign, `sealpost cert import PROFILE FILE`.",
    source: "RFC 5280 4.1.2.5",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let (begin, end) = (sheet.not_before(), sheet.not_after());
    if !sheet.is_end_entity() || !sheet.certificate().is_valid_at(question.at) {
        return Outcome::NotApplicable;
    }
    Outcome::unless(!sheet.certificate().expires_soon_at(question.at), || {
        Said::new(format!("{} expires on {}", sheet.name(), moment::date_and_distance(end, question.at)))
            .fact(format!("notAfter {}", moment::rfc3339(end)))
            .fact(format!("its life is {}", moment::plural((end - begin).whole_days().unsigned_abs(), "day")))
    })
}
