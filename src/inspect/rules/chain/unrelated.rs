//! `chain/unrelated`

use std::collections::HashSet;

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;
use crate::trust::question::{Effort, Question as PathQuestion};
use crate::trust::ruleset::Ruleset;
use crate::trust::verdict;

use super::{no_leaf, path};

pub const RULE: Rule = Rule {
    id: "chain/unrelated",
    severity: Severity::Warning,
    decides: false,
    summary: "a certificate on no path from the server's",
    why: "Every handshake carries it for nothing. Strict TLS 1.2 peers take the chain for broken at this place.",
    mend: "`sealpost lint --fix FILE` leaves it out.",
    source: "RFC 5246 7.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

/// Strangers that are asked for a path to an anchor.
const ASKED: usize = 100;

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    if bundle.chain.is_err() || no_leaf::applies(bundle, question) {
        return Outcome::NotApplicable;
    }
    Outcome::of(strangers(bundle, question).into_iter().map(|stranger| told(stranger, bundle)).collect())
}

fn strangers<'a>(bundle: &'a Bundle<'_>, question: &Question) -> Vec<&'a Member> {
    let open = is_open(bundle) && !question.stores.is_empty();
    let pool: Vec<Link> = match open {
        true => bundle.members.iter().take(ASKED).filter_map(|member| member.link.as_ref().ok()).cloned().collect(),
        false => Vec::new(),
    };
    let copies: HashSet<usize> = bundle.repeats().map(|(copy, _)| copy.index).collect();
    let strangers = bundle.members.iter().filter(|member| member.standing == Standing::Stranger);
    let mut asked = 0;
    strangers
        .filter(|member| !path::is_on_one(bundle, member) && !path::is_namesake(bundle, member))
        .filter(|member| !copies.contains(&member.index))
        .filter(|member| {
            asked += 1;
            // Above a gap in the chain stands what the missing certificate would have led to.
            !(open && asked <= ASKED && leads_to_an_anchor(member, &pool, question))
        })
        .collect()
}

/// The path of the leaf ends before an anchor.
fn is_open(bundle: &Bundle<'_>) -> bool {
    bundle.verdict.as_ref().is_some_and(|verdict| !verdict.paths.iter().any(|path| path.anchored))
}

fn leads_to_an_anchor(member: &Member, pool: &[Link], question: &Question) -> bool {
    let Ok(link) = &member.link else { return false };
    let anchors: Vec<Link> = question.stores.iter().flat_map(|store| &store.anchors).cloned().collect();
    let asked = PathQuestion {
        at: question.at.unix_timestamp(),
        ruleset: Ruleset::Rfc5280,
        effort: Effort::Verdict,
        ..PathQuestion::default()
    };
    member.found.certificate.is_ca() && verdict::verify(&asked, link, pool, &anchors).is_valid()
}

fn told(stranger: &Member, bundle: &Bundle<'_>) -> Said {
    let said = Said::new(format!("{} is on no path from the leaf", stranger.name())).about(stranger.index);
    let missing = bundle.chain.as_ref().ok().and_then(|chain| chain.missing_issuer.as_ref());
    match missing.filter(|_| is_open(bundle)) {
        Some(missing) => said.fact(format!("the path ends before {}, which is not in the file", missing.name)),
        None => said,
    }
}
