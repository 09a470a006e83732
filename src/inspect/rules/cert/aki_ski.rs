//! `cert/aki-ski`

use crate::inspect::bundle::Sheet;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::extensions::Extensions;
use crate::trust::extensions::Kind;

pub const RULE: Rule = Rule {
    id: "cert/aki-ski",
    severity: Severity::Warning,
    decides: true,
    summary: "key identifiers missing, critical or in a form that misleads",
    why: "Clients find the issuer by these identifiers. Without them, or with issuer and serial number instead, \
          they may take the wrong one of two CA certificates and fail. OpenSSL in strict mode refuses the chain.",
    mend: "Have it signed again; for a CA of your own with `authorityKeyIdentifier = keyid` and \
          `subjectKeyIdentifier = hash`.",
    source: "RFC 5280 4.2.1.1, 4.2.1.2",
    fixable: false,
    check: Check::Certificate(check),
};

fn check(sheet: &Sheet<'_>, _: &Question) -> Outcome {
    let extensions = sheet.extensions();
    let name = sheet.name();
    let mut said = Vec::new();
    for kind in [Kind::AuthorityKeyId, Kind::SubjectKeyId] {
        if extensions.critical(kind) == Some(true) {
            said.push(Said::new(format!("the {} of {name} is critical", kind.name())));
        }
    }
    if sheet.certificate().is_ca() && extensions.critical(Kind::SubjectKeyId).is_none() {
        let missing = Said::new(format!("the CA certificate {name} has no subjectKeyIdentifier"));
        // Clients need no identifier to find an anchor, and old roots have none.
        said.push(if sheet.is_self_issued() { missing.at_most(Severity::Note) } else { missing });
    }
    if let Some(fault) = authority_fault(sheet, extensions) {
        said.push(Said::new(format!("{name} {fault}")));
    }
    Outcome::of(said)
}

fn authority_fault(sheet: &Sheet<'_>, extensions: &Extensions) -> Option<&'static str> {
    let Some(id) = &extensions.authority_key_id else {
        let missing = extensions.critical(Kind::AuthorityKeyId).is_none() && !sheet.is_self_issued();
        return missing.then_some("has no authorityKeyIdentifier, although another certificate signed it");
    };
    let is_root = sheet.is_self_issued() && !sheet.is_end_entity();
    match (&id.key_id, id.has_issuer || id.has_serial) {
        // Old roots point at themselves in every way there is.
        (_, true) if is_root => None,
        (None, _) => Some("has an authorityKeyIdentifier without a key identifier"),
        (Some(_), true) => Some("has an authorityKeyIdentifier with issuer or serial number"),
        (Some(_), false) => None,
    }
}
