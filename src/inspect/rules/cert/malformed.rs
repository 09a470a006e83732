//! `cert/malformed`

use super::encoding;
use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/malformed",
    severity: Severity::Error,
    decides: true,
    summary: "a certificate that is not encoded as it must be",
    why: "Strict readers (Go, rustls, GnuTLS) refuse the whole certificate, tolerant ones take it. What one \
          program sees, another does not.",
    mend: "The tool that signed it is at fault: have it signed again with another.",
    source: "RFC 5280 4.1, X.690 10 and 11",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    if bundle.members.is_empty() {
        return Outcome::NotApplicable;
    }
    let said = bundle.members.iter().filter_map(|member| {
        let name = member.name();
        let fault = encoding::fault(member.found.certificate.der());
        let at = |fault: &encoding::Fault| format!("at byte {} of the certificate", fault.offset);
        let said = match (fault, &member.link) {
            (Some(fault), _) if !fault.is_mild => Said::new(format!("{name} {}", fault.what)).fact(at(&fault)),
            (_, Err(field)) => Said::new(format!("the certificate {name} is damaged: {field}")),
            (Some(fault), Ok(_)) => {
                Said::new(format!("{name} {}", fault.what)).fact(at(&fault)).at_most(Severity::Warning)
            }
            (None, Ok(link)) if link.issuer_folded().is_empty() => Said::new(format!("the issuer of {name} is empty")),
            (None, Ok(_)) => return None,
        };
        Some(said.about(member.index))
    });
    Outcome::of(said.collect())
}
