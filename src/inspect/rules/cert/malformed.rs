//! `cert/malformed`

use super::encoding::{self, Fault};
use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/malformed",
    severity: Severity::Error,
    decides: true,
    summary: "a certificate that is not encoded as it must be",
    why: "Strict readers (Go, rustls, GnuTLS, OpenSSL) refuse the whole certificate, tolerant ones take it. What one \
          program sees, another does not. Forms that all of them take are warnings: defaults written out, bits that \
          nobody needs, most lists without an element.",
    mend: "The tool that signed it is at fault: have it signed again with another.",
    source: "RFC 5280 4.1 and 4.2, X.690 8, 10 and 11",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    if bundle.members.is_empty() {
        return Outcome::NotApplicable;
    }
    let said =
        bundle.members.iter().flat_map(|member| violations(member).into_iter().map(|said| said.about(member.index)));
    Outcome::of(said.collect())
}

fn violations(member: &Member) -> Vec<Said> {
    let name = member.name();
    let faults = encoding::faults(member.found.certificate.der());
    let is_refused = faults.iter().any(|fault| !fault.is_mild);
    let mut found: Vec<Said> = faults.iter().map(|fault| violation(name, fault)).collect();
    match &member.link {
        Err(field) if !is_refused => found.insert(0, Said::new(format!("the certificate {name} is damaged: {field}"))),
        Ok(link) if link.issuer_folded().is_empty() && !is_refused => {
            found.insert(0, Said::new(format!("the issuer of {name} is empty")));
        }
        _ => {}
    }
    found
}

fn violation(name: &str, fault: &Fault) -> Said {
    let said = Said::new(format!("{name} {}", fault.what)).fact(format!("at byte {} of the certificate", fault.offset));
    if fault.is_mild { said.at_most(Severity::Warning) } else { said }
}
