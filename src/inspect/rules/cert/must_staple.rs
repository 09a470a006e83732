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
    if sheet.critical(Kind::TlsFeature).is_none() {
        return Outcome::NotApplicable;
    }
    // 1.3.6.1.5.5.7.1.24: SEQUENCE OF INTEGER; status_request is 5.
    let oid = [0x2b, 6, 1, 5, 5, 7, 1, 0x18];
    let staples = sheet.x509.extensions().iter().any(|extension| {
        extension.oid.as_bytes() == oid && extension.value.windows(3).any(|feature| feature == [2, 1, 5])
    });
    Outcome::unless(!staples, || Said::new(format!("{} demands a stapled OCSP response", sheet.name())))
}
