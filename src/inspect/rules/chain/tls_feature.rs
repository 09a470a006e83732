//! `chain/tls-feature`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/tls-feature",
    severity: Severity::Error,
    decides: true,
    summary: "a certificate without a TLS feature that its issuer demands",
    why: "The tlsFeature of a CA certificate binds all that it issues: each certificate has to list the same \
          features, or more. GnuTLS refuses a chain in which one does not; OpenSSL and Go do not look.",
    mend: "Have it signed with the features of its issuer (usually must-staple), or by another authority.",
    source: "RFC 7633 4.2.2",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(path) = path::best(bundle) else { return path::unless_judged(bundle) };
    if path.links.iter().skip(1).all(|issuer| issuer.extensions().tls_features.is_empty()) {
        return Outcome::NotApplicable;
    }
    let pairs = path.links.iter().zip(path.links.iter().skip(1));
    let said = pairs.filter_map(|(link, issuer)| {
        let missing = missing(link, issuer)?;
        let member = bundle.members.iter().find(|member| member.link.as_ref().is_ok_and(|own| own == link));
        let message = format!("{} has no {missing}, which its issuer demands of it", path::name(link));
        let said = Said::new(message).fact(format!("its issuer {} has tlsFeature", path::name(issuer)));
        Some(member.map_or_else(|| said.clone(), |member| said.clone().about(member.index)))
    });
    Outcome::of(said.collect())
}

/// The first feature of the issuer that the certificate leaves out, in words.
fn missing(link: &Link, issuer: &Link) -> Option<String> {
    let has = &link.extensions().tls_features;
    let wanted = issuer.extensions().tls_features.iter().find(|feature| !has.contains(feature))?;
    Some(match wanted {
        // status_request (RFC 6066 section 8) and status_request_v2 (RFC 6961)
        5 => "must-staple (TLS feature 5)".to_owned(),
        17 => "must-staple for several certificates (TLS feature 17)".to_owned(),
        other => format!("TLS feature {other}"),
    })
}
