//! `cert/version`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/version",
    severity: Severity::Error,
    decides: true,
    summary: "not a version 3 certificate",
    why: "Versions 1 and 2 have no extensions: no subjectAltName, no CA flag. rustls and Go refuse version 1 \
          servers, and every strict verifier refuses such an intermediate.",
    mend: "Have it signed again as version 3: with OpenSSL that takes `-extfile` and an extension section.",
    source: "RFC 5280 4.1.2.1, Baseline Requirements 7.1.1",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    // Roots of the nineties are of version 1; an anchor is a name and a key.
    let is_old_root = sheet.is_self_issued() && !sheet.is_end_entity() && sheet.x509.extensions().is_empty();
    let version = sheet.certificate().version();
    Outcome::unless(version == 3, || {
        let said = Said::new(format!("{} is of version {version}, not 3", sheet.name()));
        match sheet.x509.extensions().is_empty() {
            true if is_old_root => said.at_most(Severity::Note),
            true => said,
            false => said.fact("it has extensions, which only version 3 has"),
        }
    })
}
