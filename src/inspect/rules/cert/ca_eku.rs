//! `cert/ca-eku`

use crate::inspect::bundle::{Sheet, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::inspect::sheet::{CLIENT_AUTH, SERVER_AUTH};
use crate::model::diagnostic::Severity;
use crate::model::moment::{self, Moment};
use time::macros::datetime;

pub const RULE: Rule = Rule {
    id: "cert/ca-eku",
    severity: Severity::Note,
    decides: false,
    summary: "an intermediate whose extKeyUsage is missing, or is for more than servers",
    why: "Chrome's root program wants intermediates that are for TLS servers only: each has extKeyUsage, with \
          serverAuth and at most clientAuth beside it; new ones since 2026-06-15 have serverAuth alone. Verifiers \
          take the others, but a public authority that keeps them loses its place in the browser.",
    mend: "Ask the authority for the chain with its present intermediate; a private authority may ignore this.",
    source: "Chrome Root Program Policy 1.8, 1.3.2; Baseline Requirements 7.1.2.6, 7.1.2.10.6",
    fixable: false,
    check: Check::Certificate(check),
};

/// Version 1.6 of the policy, the first to say so.
const POLICY: Moment = datetime!(2025-02-15 00:00 UTC);
/// clientAuth is no longer allowed in intermediates that are made known from this day on.
const SERVERS_ONLY: Moment = datetime!(2026-06-15 00:00 UTC);

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let is_intermediate = matches!(sheet.member.standing, Standing::Intermediate | Standing::Alternative);
    let is_asked = question.ruleset.side == Use::Server && question.at >= POLICY;
    if !is_intermediate || !is_asked || sheet.is_self_issued() || is_cross_certificate(sheet, question) {
        return Outcome::NotApplicable;
    }
    let (name, issued) = (sheet.name(), format!("issued on {}", moment::date(sheet.not_before())));
    let Some(purposes) = &sheet.extensions().extended_key_usage else {
        return Outcome::found(Said::new(format!("the intermediate {name} has no extKeyUsage")).fact(issued));
    };
    let may_have_client = sheet.not_before() < SERVERS_ONLY;
    let is_foreign = |purpose: &Vec<u8>| purpose != SERVER_AUTH && !(may_have_client && purpose == CLIENT_AUTH);
    Outcome::unless(!purposes.iter().any(is_foreign), || {
        let listed = sheet.certificate().extended_key_usage().unwrap_or_default().join(", ");
        Said::new(format!("the intermediate {name} is for more than TLS servers"))
            .fact(format!("it has {listed}"))
            .fact(issued)
    })
}

/// A root under another root's signature keeps what it has as a root, which is no extKeyUsage (Baseline Requirements 7.1.2.2).
fn is_cross_certificate(sheet: &Sheet<'_>, question: &Question) -> bool {
    let Ok(link) = &sheet.member.link else { return false };
    question
        .stores
        .iter()
        .flat_map(|store| &store.anchors)
        .any(|anchor| anchor.subject_folded() == link.subject_folded() && anchor.public_key() == link.public_key())
}
