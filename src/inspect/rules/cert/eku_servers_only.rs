//! `cert/eku-servers-only`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::inspect::sheet::SERVER_AUTH;
use crate::model::diagnostic::Severity;
use crate::model::moment::{self, Moment};
use time::macros::datetime;

pub const RULE: Rule = Rule {
    id: "cert/eku-servers-only",
    severity: Severity::Warning,
    decides: false,
    summary: "a server certificate issued since 2027-03-15 that is for more than servers",
    why: "Chrome's root program lets public CAs sign server certificates with serverAuth alone since that day. A \
          public CA that signs another purpose, such as clientAuth, has to revoke the certificate.",
    mend: "Have it signed with serverAuth alone; for client certificates use a CA of your own or of your partner.",
    source: "Chrome Root Program Policy 1.8, 1.3.2",
    fixable: false,
    check: Check::Certificate(check),
};

/// The day of issue from which it holds.
const FROM: Moment = datetime!(2027-03-15 00:00 UTC);

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let Some(purposes) = &sheet.extensions().extended_key_usage else { return Outcome::NotApplicable };
    let is_asked = question.ruleset.side == Use::Server && sheet.is_end_entity() && sheet.has_purpose(SERVER_AUTH);
    if !is_asked || sheet.not_before() < FROM {
        return Outcome::NotApplicable;
    }
    Outcome::unless(purposes.iter().all(|purpose| purpose == SERVER_AUTH), || {
        let listed = sheet.certificate().extended_key_usage().unwrap_or_default().join(", ");
        Said::new(format!("{} is for more than servers", sheet.name()))
            .fact(format!("its extKeyUsage: {listed}"))
            .fact(format!("issued on {}", moment::date(sheet.not_before())))
    })
}
