//! `cert/leaf-is-ca`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/leaf-is-ca",
    severity: Severity::Error,
    decides: true,
    summary: "a server certificate that says it is a CA",
    why: "With its key anybody could sign certificates for any name. rustls refuses such a server; `openssl req \
          -x509` makes certificates like this when nothing else is asked for.",
    mend: "Make it without: `sealpost cert new PROFILE --cn NAME`.",
    source: "Baseline Requirements 7.1.2.7.8",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    if !sheet.is_end_entity() {
        return Outcome::NotApplicable;
    }
    Outcome::unless(!sheet.is_server_with_ca(), || {
        Said::new(format!("{} is presented by a server and says that it is a CA", sheet.name()))
            .fact("basicConstraints: cA TRUE")
    })
}
