//! `cert/no-revocation-info`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Kind;
use time::Duration;

pub const RULE: Rule = Rule {
    id: "cert/no-revocation-info",
    severity: Severity::Note,
    decides: false,
    summary: "a server certificate that cannot be revoked",
    why: "It names neither a CRL nor an OCSP responder, so nobody can find out that its key was stolen. \
          Certificates that live only some days need neither.",
    mend: "Nothing to do where the CA is your own and does not revoke; else have it signed with \
          cRLDistributionPoints.",
    source: "Baseline Requirements 7.1.2.7.7, 7.1.2.11.2",
    fixable: false,
    check: Check::Certificate(check),
};

/// Short-lived certificates of the Baseline Requirements, by the longest definition.
const SHORT_LIFE: Duration = Duration::days(10);

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let life = sheet.not_after() - sheet.not_before();
    // Nobody but its owner could revoke a self-signed certificate.
    if !sheet.is_end_entity() || sheet.is_self_issued() || life <= SHORT_LIFE {
        return Outcome::NotApplicable;
    }
    let has_list = sheet.critical(Kind::DistributionPoints).is_some();
    Outcome::unless(has_list || has_responder(sheet), || {
        Said::new(format!("{} names neither a CRL nor an OCSP responder", sheet.name()))
    })
}

/// authorityInfoAccess has the method id-ad-ocsp (1.3.6.1.5.5.7.48.1).
fn has_responder(sheet: &Sheet<'_>) -> bool {
    // 1.3.6.1.5.5.7.1.1
    let oid = [0x2b, 6, 1, 5, 5, 7, 1, 1];
    let method = [6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 1];
    sheet.x509.extensions().iter().any(|extension| {
        extension.oid.as_bytes() == oid && extension.value.windows(method.len()).any(|window| window == method)
    })
}
