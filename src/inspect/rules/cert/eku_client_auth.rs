//! `cert/eku-client-auth`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::inspect::sheet::{ANY_PURPOSE, CLIENT_AUTH, SERVER_AUTH};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/eku-client-auth",
    severity: Severity::Note,
    decides: false,
    summary: "clientAuth in a server certificate, or none where it is needed",
    why: "Public CAs stop signing clientAuth in server certificates (Let's Encrypt has, the others have to by \
          2027-03-15), so it will vanish at one of the next renewals. Whoever also uses this certificate for outgoing mail \
          needs another one then.",
    mend: "Make a profile of its own for outgoing mail, signed by the CA that your partners trust: `sealpost cert \
          request PROFILE`.",
    source: "Chrome Root Program Policy 1.8, 1.3.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    if !sheet.is_end_entity() || sheet.extensions().extended_key_usage.is_none() {
        return Outcome::NotApplicable;
    }
    let (has, serves) = (sheet.has_purpose(CLIENT_AUTH), sheet.has_purpose(SERVER_AUTH));
    match question.ruleset.side {
        Use::Client => Outcome::unless(has || sheet.has_purpose(ANY_PURPOSE), || {
            Said::new(format!("{} cannot be used as a client certificate: it has no clientAuth", sheet.name()))
        }),
        Use::Server => Outcome::unless(!(has && serves), || {
            Said::new(format!("{} has clientAuth, which public CAs no longer sign", sheet.name()))
                .fact("after a renewal it will be a server certificate only")
        }),
    }
}
