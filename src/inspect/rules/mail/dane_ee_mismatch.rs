//! `mail/dane-ee-mismatch`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::tlsa::Usage;

use super::dane;

pub const RULE: Rule = Rule {
    id: "mail/dane-ee-mismatch",
    severity: Severity::Error,
    decides: true,
    summary: "no TLSA 3 x x record stands for the certificate or its key",
    why: "Mail servers that know DANE do not deliver to a host whose records fit nothing it presents; the mail waits in their queues. \
          It happens when a renewal came with a new key and DNS was not told first.",
    mend: "Publish the record of the new key, wait for the old one's time to live, and only then serve the new certificate.",
    source: "RFC 7671 5.1, RFC 7672 3.1.1",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let records = dane::of_usage(&question.tlsa, Usage::Server);
    let Some(leaf) = bundle.leaf().filter(|_| !records.is_empty()) else { return Outcome::NotApplicable };
    if dane::any_fits(bundle, &question.tlsa) {
        return Outcome::Passed;
    }
    let certificate = &leaf.found.certificate;
    let mut said = Said::new(format!("no TLSA record stands for {} or its key", leaf.name())).about(leaf.index);
    for record in records.iter().take(8) {
        let other = bundle.members.iter().find(|member| record.matches(&member.found.certificate));
        said = said.fact(match other {
            Some(other) if other.standing == Standing::OtherLeaf => {
                format!("published: {record}, which stands for certificate {}", other.index)
            }
            _ => format!("published: {record}"),
        });
    }
    let wanted = format!("3 1 1 {}", certificate.public_key().fingerprint());
    Outcome::found(
        said.fact(format!("its key is {wanted}")).help(format!("publish TLSA {wanted}, then serve the certificate")),
    )
}
