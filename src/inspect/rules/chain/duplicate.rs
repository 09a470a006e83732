//! `chain/duplicate`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "chain/duplicate",
    severity: Severity::Warning,
    decides: false,
    summary: "the same certificate twice",
    why: "Every handshake carries the copy. Most peers bear it; some strict ones take the second copy for a misordered chain.",
    mend: "`sealpost lint --fix FILE` keeps the first of each.",
    source: "RFC 5246 7.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    if bundle.members.len() < 2 {
        return Outcome::NotApplicable;
    }
    let repeats = bundle.repeats().map(|(repeat, first)| {
        Said::new(format!("{} stands here again", repeat.name()))
            .about(repeat.index)
            .related(first.found.place.clone(), format!("certificate {}, the first copy", first.index))
    });
    Outcome::of(repeats.collect())
}
