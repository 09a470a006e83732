//! `cert/sigalg-mismatch`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;

pub const RULE: Rule = Rule {
    id: "cert/sigalg-mismatch",
    severity: Severity::Error,
    decides: true,
    summary: "the two signature algorithms of a certificate differ",
    why: "The algorithm stands inside the signed part and outside of it, so that nobody can exchange it. OpenSSL, \
          Go and GnuTLS refuse a certificate in which they differ.",
    mend: "The tool that signed it is at fault: have it signed again with another.",
    source: "RFC 5280 4.1.1.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let (inner, outer) = (&sheet.x509.tbs_certificate.signature, &sheet.x509.signature_algorithm);
    // The strict reading compares the bytes, as OpenSSL and Go do.
    let agree = inner == outer && sheet.member.link.as_ref().map_or(true, Link::algorithms_agree);
    Outcome::unless(agree, || {
        let said = Said::new(format!("{} names two different signature algorithms", sheet.name()));
        match (inner.algorithm == outer.algorithm, inner == outer) {
            (true, true) => said.fact(format!("both are {}, in different encodings", outer.algorithm)),
            (true, false) => said.fact(format!("both are {}, with different parameters", outer.algorithm)),
            (false, _) => said.fact(format!("inside {}, outside {}", inner.algorithm, outer.algorithm)),
        }
    })
}
