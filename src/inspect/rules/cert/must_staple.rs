//! `cert/must-staple`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/must-staple",
    severity: Severity::Warning,
    decides: false,
    summary: "a certificate that may be used only with a stapled OCSP response",
    why: "Postfix and most other mail servers do not staple, and clients that keep to the extension then refuse \
          the connection.",
    mend: "Ask for a certificate without must-staple, unless every server that presents it staples.",
    source: "RFC 7633 4.2.3.1",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    // In a CA certificate it binds what the CA issues: chain/tls-feature.
    if sheet.critical(Kind::TlsFeature).is_none() || !sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    // status_request (RFC 6066 section 8)
    let staples = sheet.extensions().tls_features.contains(&5);
    Outcome::unless(!staples, || Said::new(format!("{} demands a stapled OCSP response", sheet.name())))
}
