//! `chain/ca-expires-first`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::{Moment, date_and_distance};

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/ca-expires-first",
    severity: Severity::Warning,
    decides: false,
    summary: "an issuer that ends before the server's certificate",
    why: "From that day on the chain is refused, although the server's certificate itself still looks good.",
    mend: "Ask the authority for a chain whose issuers last, before that day.",
    source: "RFC 5280 6.1.3 (a)(2)",
    fixable: false,
    check: Check::Bundle(check),
};

/// Hours do not matter: nobody renews on the last day.
const DAY: i64 = 86_400;

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(best) = path::best(bundle) else { return path::unless_judged(bundle) };
    let Some(leaf) = best.links.first() else { return Outcome::NotApplicable };
    let now = question.at.unix_timestamp();
    // What has expired is told as such.
    let early =
        best.links.iter().skip(1).filter(|link| link.not_after() + DAY <= leaf.not_after() && link.not_after() >= now);
    let moment = |seconds| Moment::from_unix_timestamp(seconds).unwrap_or(question.at);
    let said = early.min_by_key(|link| link.not_after()).map(|link| {
        let at = path::member(bundle, link).or_else(|| bundle.leaf()).map_or(1, |member| member.index);
        Said::new(format!("{} ends before {}", path::name(link), path::name(leaf)))
            .about(at)
            .fact(format!("the issuer ends {}", date_and_distance(moment(link.not_after()), question.at)))
            .fact(format!("the server's certificate ends {}", date_and_distance(moment(leaf.not_after()), question.at)))
    });
    Outcome::of(said.into_iter().collect())
}
