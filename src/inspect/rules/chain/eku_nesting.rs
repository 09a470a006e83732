//! `chain/eku-nesting`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/eku-nesting",
    severity: Severity::Error,
    decides: true,
    summary: "an issuer whose extended key usage leaves out what the certificate is for",
    why: "OpenSSL, Go, Windows and webpki take the extended key usage of an issuer as a limit for all that it \
          issues, and refuse the chain.",
    mend: "Get a certificate from an authority that is for servers (or clients).",
    source: "Baseline Requirements 7.1.2.10.6",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    path::faults(bundle, |fault| {
        let Reason::Purpose { wanted } = fault.reason else { return None };
        (fault.depth > 0).then(|| {
            let said = Said::new(format!("{} is not for this use", path::name(fault.link)));
            let purpose = match wanted.as_str() {
                "1.3.6.1.5.5.7.3.1" => "serverAuth",
                "1.3.6.1.5.5.7.3.2" => "clientAuth",
                other => other,
            };
            let allowed =
                path::certificate(fault.link).and_then(|one| one.extended_key_usage().map(|list| list.join(", ")));
            said.fact(format!("extended key usage of the issuer: {}", allowed.unwrap_or_default()))
                .fact(format!("wanted: {purpose}"))
        })
    })
}
