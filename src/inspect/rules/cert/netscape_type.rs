//! `cert/netscape-type`

use x509_parser::extensions::ParsedExtension;

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "cert/netscape-type",
    severity: Severity::Warning,
    decides: false,
    summary: "a Netscape certificate type that leaves out what the certificate is for",
    why: "The extension is older than extKeyUsage, and old scripts still write it. OpenSSL refuses the certificate when the type of a \
          server, or of a client, is missing; GnuTLS, Go and webpki do not look.",
    mend: "Leave nsCertType out of the configuration of your authority, and have the certificate signed again.",
    source: "OpenSSL x509v3_config(5), Netscape Certificate Type",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, question: &Question) -> Outcome {
    let kind = sheet.x509.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::NSCertType(kind) => Some(kind),
        _ => None,
    });
    let Some(kind) = kind.filter(|_| sheet.is_leaf()) else { return Outcome::NotApplicable };
    let (wanted, is_there) = match question.ruleset.side {
        Use::Server => ("SSL server", kind.ssl_server()),
        Use::Client => ("SSL client", kind.ssl_client()),
    };
    Outcome::unless(is_there, || {
        Said::new(format!("the Netscape certificate type of {} leaves out {wanted}", sheet.name()))
            .fact("OpenSSL refuses the certificate for it")
    })
}
