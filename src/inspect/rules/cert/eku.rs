//! `cert/eku`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::inspect::sheet::{ANY_PURPOSE, CLIENT_AUTH, SERVER_AUTH};
use crate::model::diagnostic::Severity;
use crate::trust::ruleset::Check as PathCheck;

pub const RULE: Rule = Rule {
    id: "cert/eku",
    severity: Severity::Error,
    decides: true,
    summary: "an extKeyUsage that does not allow what the certificate is for",
    why: "A server needs serverAuth, and a client certificate clientAuth. OpenSSL, Go, rustls and browsers refuse \
          a certificate without it. `anyExtendedKeyUsage` is taken by some of them only, and public CAs may not \
          sign it.",
    mend: "Ask for a TLS server certificate: `sealpost cert request PROFILE --cn NAME`.",
    source: "RFC 5280 4.2.1.12, Baseline Requirements 7.1.2.7.10",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let Some(purposes) = &sheet.extensions().extended_key_usage else { return Outcome::NotApplicable };
    if !sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    let (wanted, oid) = match question.ruleset.side {
        Use::Server => ("serverAuth", SERVER_AUTH),
        Use::Client => ("clientAuth", CLIENT_AUTH),
    };
    let found = || {
        let names = sheet.certificate().extended_key_usage().unwrap_or_default().join(", ");
        Said::new(format!("{} has no {wanted} in its extKeyUsage", sheet.name())).fact(format!("it has {names}"))
    };
    // Where the Baseline Requirements are held up, `any` is forbidden, though most clients take it.
    let any = |said: Said| match question.ruleset.path_rules().makes(PathCheck::EkuAny) {
        true => said.at_most(Severity::Warning).deciding(),
        false => said.at_most(Severity::Warning),
    };
    match (sheet.has_purpose(oid), sheet.has_purpose(ANY_PURPOSE)) {
        (true, false) => Outcome::Passed,
        (true, true) => {
            Outcome::found(any(Said::new(format!("{} has anyExtendedKeyUsage beside {wanted}", sheet.name()))))
        }
        (false, true) => Outcome::found(any(found())),
        (false, false) if purposes.is_empty() => Outcome::found(found().fact("the list is empty")),
        (false, false) => Outcome::found(found()),
    }
}
