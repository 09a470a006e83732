//! `chain/root-included`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::RootPolicy;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "chain/root-included",
    severity: Severity::Note,
    decides: false,
    summary: "the root is in the file",
    why: "Peers have the root or do not trust it; the copy costs a kilobyte in every handshake. DANE-TA servers and \
          some appliances want it: their rulesets say so.",
    mend: "`sealpost lint --fix FILE` leaves it out where the ruleset wants none.",
    source: "RFC 5246 7.4.2, RFC 8446 4.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    if question.ruleset.root != RootPolicy::Drop || bundle.chain.is_err() {
        return Outcome::NotApplicable;
    }
    let is_root = |standing| standing == Standing::Root;
    let Some(root) = bundle.members.iter().find(|member| is_root(member.standing)) else { return Outcome::Passed };
    Outcome::found(Said::new(format!("the root {} is in the file", root.name())).about(root.index))
}
