//! `chain/unrelated`

use std::collections::HashSet;

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::gap;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;

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

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    if bundle.chain.is_err() || no_leaf::applies(bundle, question) {
        return Outcome::NotApplicable;
    }
    let perhaps: Vec<usize> = gap::perhaps_above(bundle, question).iter().map(|member| member.index).collect();
    let said = strangers(bundle, question).into_iter().map(|stranger| match perhaps.contains(&stranger.index) {
        true => undecided(stranger),
        false => told(stranger, bundle, question),
    });
    Outcome::of(said.collect())
}

/// What stands above a missing issuer cannot be told from what does not belong, unless somebody says who is trusted.
fn undecided(stranger: &Member) -> Said {
    Said::new(format!("{} is on no path from the leaf as far as the file goes", stranger.name()))
        .about(stranger.index)
        .fact("it may stand above the issuer that is missing; --trust tells")
        .at_most(Severity::Note)
        .left_as_it_is()
}

fn strangers<'a>(bundle: &'a Bundle<'_>, question: &Question) -> Vec<&'a Member> {
    let ways = if gap::is_open(bundle, question) { gap::above(bundle, question) } else { Vec::new() };
    let above_gap: Vec<Link> = ways.into_iter().filter_map(|way| way.into_iter().next()).collect();
    let copies: HashSet<usize> = bundle.repeats().map(|(copy, _)| copy.index).collect();
    let strangers = bundle.members.iter().filter(|member| member.standing == Standing::Stranger);
    strangers
        .filter(|member| !path::is_on_one(bundle, member) && !path::is_namesake(bundle, member))
        .filter(|member| !copies.contains(&member.index))
        .filter(|member| member.link.as_ref().is_ok_and(|link| !above_gap.contains(link)) || member.link.is_err())
        .collect()
}

fn told(stranger: &Member, bundle: &Bundle<'_>, question: &Question) -> Said {
    let said = Said::new(format!("{} is on no path from the leaf", stranger.name())).about(stranger.index);
    let missing = bundle.chain.as_ref().ok().and_then(|chain| chain.missing_issuer.as_ref());
    match missing.filter(|_| gap::is_open(bundle, question)) {
        Some(missing) => said.fact(format!("the path ends before {}, which is not in the file", missing.name)),
        None => said,
    }
}
