//! `chain/no-leaf`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use crate::model::certificate::{Certificate, SubjectAltName};

pub const RULE: Rule = Rule {
    id: "chain/no-leaf",
    severity: Severity::Error,
    decides: true,
    summary: "only certificates of authorities",
    why: "A server given this file presents the certificate of an authority, which no peer takes for the server's.",
    mend: "Put the server's own certificate in front.",
    source: "RFC 5246 7.4.2, RFC 8446 4.4.2",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    if bundle.members.is_empty() {
        return Outcome::NotApplicable;
    }
    let has_leaf = bundle.leaf().is_some_and(|leaf| !is_only_an_authority(&leaf.found.certificate));
    Outcome::unless(has_leaf, || {
        let names = bundle.members.iter().take(4).map(|member| member.name().to_owned());
        let said = Said::new("there is no server certificate in the file, only those of authorities");
        let said = said.fact(format!("it holds {}", names.collect::<Vec<_>>().join(", ")));
        match bundle.members.first() {
            Some(first) => said.about(first.index),
            None => said,
        }
    })
}

/// The file is nothing to serve, so that its order and gaps are no faults of their own.
pub fn applies(bundle: &Bundle<'_>, question: &Question) -> bool {
    matches!(check(bundle, question), Outcome::Found(_))
}

/// `openssl req -x509` makes servers' certificates that say they are authorities; their names tell otherwise.
fn is_only_an_authority(certificate: &Certificate) -> bool {
    let is_host = |name: &SubjectAltName| matches!(name, SubjectAltName::Dns(_) | SubjectAltName::Ip(_));
    let names_a_host = certificate.subject_alt_names().iter().any(is_host)
        || certificate.subject().common_name().is_some_and(|name| name.contains('.') && !name.contains(' '));
    certificate.is_ca() && !names_a_host
}
