//! `chain/too-complex`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "chain/too-complex",
    severity: Severity::Error,
    decides: true,
    summary: "more paths than can be looked at",
    why: "So many certificates with the same names that the search was given up. Verifiers give up as well, and \
          refuse the chain.",
    mend: "Leave out what is not on the path: `sealpost lint --fix FILE`.",
    source: "RFC 4158 3.5",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let (Ok(chain), Some(leaf)) = (&bundle.chain, bundle.leaf()) else { return Outcome::NotApplicable };
    let verdict = bundle.verdict.as_ref();
    let gave_up = verdict.filter(|verdict| !verdict.is_valid()).is_some_and(|verdict| verdict.gave_up.is_some());
    let was_cut = chain.was_cut && verdict.is_none();
    Outcome::unless(!gave_up && !was_cut, || {
        let count = bundle.members.len();
        Said::new("the search for a path was given up, because there are too many ways to try")
            .about(leaf.index)
            .fact(format!("{count} certificates are in the file, and no path was found within the budget"))
    })
}
