//! `mail/appliance-order`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::RootPolicy;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "mail/appliance-order",
    severity: Severity::Error,
    decides: true,
    summary: "the file is not arranged as the appliance wants it",
    why: "Mail appliances import a file only in their own form: FortiMail without the root, Trend Micro IMSS with the root last, both \
          without text between the blocks and with the key, if there is one, in front.",
    mend: "`sealpost lint --fix --ruleset fortimail FILE` (or imss) arranges it.",
    source: "administration guides of the vendors",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    if bundle.chain.is_err() {
        return Outcome::NotApplicable;
    }
    let mut said = root(bundle, question.ruleset.root);
    said.extend(text(bundle));
    said.extend(key_behind(bundle));
    Outcome::of(said)
}

fn root(bundle: &Bundle<'_>, policy: RootPolicy) -> Vec<Said> {
    let root = bundle.members.iter().find(|member| member.standing == Standing::Root);
    match (policy, root) {
        (RootPolicy::Drop, Some(root)) => {
            vec![Said::new(format!("the appliance wants no root, and {} is one", root.name())).about(root.index)]
        }
        (RootPolicy::Require, None) => {
            let last = bundle.chain.as_ref().ok().and_then(|chain| chain.missing_issuer.as_ref());
            let said = Said::new("the appliance wants the root at the end, and it is not in the file");
            vec![match last {
                Some(missing) => said.fact(format!("the chain ends before {}", missing.name)),
                None => said,
            }]
        }
        (RootPolicy::Require, Some(root)) if bundle.members.last().is_some_and(|last| last.sha256 != root.sha256) => {
            vec![Said::new(format!("the appliance wants the root {} at the end", root.name())).about(root.index)]
        }
        _ => Vec::new(),
    }
}

fn text(bundle: &Bundle<'_>) -> Option<Said> {
    let damage = bundle.items.damages.iter().find(|damage| damage.rule == "pem/text-outside")?;
    Some(Said::new("the appliance wants no text between the blocks").at(damage.place.clone()).fact(&damage.message))
}

fn key_behind(bundle: &Bundle<'_>) -> Option<Said> {
    let first = bundle.members.first()?.found.place.offset?;
    let mut keys = bundle.sorted.keys.iter();
    let behind = keys.find(|key| key.place.offset.is_some_and(|offset| offset > first))?;
    Some(Said::new("the appliance wants the private key in front of the certificates").at(behind.place.clone()))
}
