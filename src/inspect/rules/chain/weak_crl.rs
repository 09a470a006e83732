//! `chain/weak-crl`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::{moment, signature};

pub const RULE: Rule = Rule {
    id: "chain/weak-crl",
    severity: Severity::Warning,
    decides: false,
    summary: "a revocation list signed with MD2, MD5 or SHA-1",
    why: "Whoever finds a collision can put another list under the same signature, one without the certificate that \
          was revoked. OpenSSL and GnuTLS still read lists signed with SHA-1; sealpost takes none of them as proof, \
          and no public authority that has given up SHA-1 for its certificates may sign them.",
    mend: "Ask the authority for a list that is signed with SHA-256.",
    source: "Baseline Requirements 7.1.3.2.1, RFC 6194 3",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(_: &Bundle<'_>, question: &Question) -> Outcome {
    if question.crls.is_empty() {
        return Outcome::NotApplicable;
    }
    let weak = question.crls.iter().filter(|list| signature::is_weak(list.signature_algorithm()));
    let said = weak.map(|list| {
        let issued = moment::Moment::from_unix_timestamp(list.this_update()).map_or_else(|_| "?".into(), moment::date);
        let algorithm = signature::name(list.signature_algorithm());
        Said::new(format!("a revocation list is signed with {algorithm}"))
            .fact(format!("the list was issued on {issued}"))
    });
    Outcome::of(said.collect())
}
