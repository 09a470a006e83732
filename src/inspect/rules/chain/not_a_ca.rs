//! `chain/not-a-ca`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;
use crate::trust::ruleset::Check as Profile;

pub const RULE: Rule = Rule {
    id: "chain/not-a-ca",
    severity: Severity::Error,
    decides: true,
    summary: "an issuer that is no authority",
    why: "Every verifier refuses the chain: whoever has a server's certificate could otherwise issue more.",
    mend: "Get the certificate from an authority; with your own, make the issuer's certificate with \
           `basicConstraints = critical, CA:TRUE`.",
    source: "RFC 5280 4.2.1.9, 6.1.4 (k)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        let is_it = matches!(fault.reason, Reason::NotCa | Reason::Profile(Profile::AnchorAsCa));
        let name = path::name(fault.link);
        is_it.then(|| match fault.link.is_ca() {
            false => Said::new(format!("{name} issued a certificate and is no authority"))
                .fact("its basicConstraints does not say that it is one"),
            // An anchor that the ruleset reads like any other authority.
            true => Said::new(format!("the trust anchor {name} is no proper authority"))
                .fact("its key usage leaves out keyCertSign, or an extension of it is not understood"),
        })
    })
}
