//! `chain/expired-needless`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::chain::Found;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::date_and_distance;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/expired-needless",
    severity: Severity::Error,
    decides: false,
    summary: "an expired certificate that the path does not need",
    why: "Current programs go round it. OpenSSL before 1.1.0 and GnuTLS before 3.6.14 walk into it and refuse \
          the chain: so it went with AddTrust in 2020 and with DST Root CA X3 in 2021.",
    mend: "`sealpost lint --fix FILE` leaves it out.",
    source: "RFC 5280 6.1.3 (a)(2)",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let authorities = bundle
        .members
        .iter()
        .filter(|member| matches!(member.standing, Standing::Alternative | Standing::Intermediate | Standing::Root));
    let expired: Vec<_> = authorities.filter(|member| member.found.certificate.not_after() < question.at).collect();
    if expired.is_empty() {
        return if bundle.leaf().is_some() { Outcome::Passed } else { Outcome::NotApplicable };
    }
    // Without a path that holds, the path of the file tells: it prefers what is valid.
    let holding = path::holding(bundle);
    let needless = expired.into_iter().filter(|member| match holding.is_empty() {
        true => {
            let chain = bundle.chain.as_ref().ok();
            let valid = |found: &Found| found.certificate.is_valid_at(question.at);
            let whole = chain.is_some_and(|chain| chain.path().skip(1).all(valid));
            whole && member.standing == Standing::Alternative
        }
        false => !holding.iter().any(|path| path.links.iter().any(|link| link.der() == member.found.certificate.der())),
    });
    let said = needless.map(|member| {
        Said::new(format!("{} has expired, and the path does not need it", member.name()))
            .about(member.index)
            .fact(format!("it ended {}", date_and_distance(member.found.certificate.not_after(), question.at)))
    });
    Outcome::of(said.collect())
}
