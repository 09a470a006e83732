//! `cert/not-yet-valid`

use crate::inspect::bundle::{Sheet, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::chain::path;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::{self, Moment};
use crate::trust::reason::Reason;

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
    let mut said = Vec::new();
    if sheet.not_before() > question.at {
        said.push(too_early(sheet.name(), sheet.not_before(), question));
    }
    if sheet.member.standing == Standing::Leaf {
        said.extend(path::dates_outside(sheet.bundle, |fault| match fault.reason {
            Reason::NotYetValid { not_before } => {
                let name = path::name(fault.link);
                let place = "it is not in the file, and the path needs it";
                Some(too_early(&name, Moment::from_unix_timestamp(*not_before).ok()?, question).fact(place))
            }
            _ => None,
        }));
    }
    Outcome::of(said)
}

fn too_early(name: &str, begin: Moment, question: &Question) -> Said {
    Said::new(format!("{name} is valid only from {}", moment::date_and_distance(begin, question.at)))
        .fact(format!("notBefore {}", moment::rfc3339(begin)))
        .fact(format!("checked at {}", moment::rfc3339(question.at)))
}
