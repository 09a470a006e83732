//! `mail/dane-ta-chain`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::RootPolicy;
use crate::model::certificate::Certificate;
use crate::model::diagnostic::Severity;
use crate::model::tlsa::{Tlsa, Usage};

use super::dane::{self, Service, TOLD};

pub const RULE: Rule = Rule {
    id: "mail/dane-ta-chain",
    severity: Severity::Error,
    decides: true,
    summary: "the trust anchor that TLSA 2 x x publishes is not in the chain",
    why: "A peer that knows DANE takes the anchor from the handshake, not from a store: a server that leaves it out, as is usual for \
          roots, cannot be verified, and the mail waits in the sender's queue.",
    mend: "`sealpost lint --fix --ruleset dane-ta --pool CA.pem FILE` puts the anchor at the end of the chain.",
    source: "RFC 7671 5.2, RFC 7672 3.1.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf() else { return Outcome::NotApplicable };
    let Some(published) = &question.tlsa else {
        // Without the records the ruleset tells that an anchor is published; as a rule that is the root.
        let has_root = bundle.chain.as_ref().is_ok_and(|chain| chain.root.is_some());
        return match question.ruleset.root {
            RootPolicy::Require => Outcome::unless(has_root, || {
                Said::new(format!("the chain of {} ends before its trust anchor", leaf.name()))
                    .about(leaf.index)
                    .fact("the root is not in the file, and --tlsa does not tell that another certificate is published")
            }),
            _ => Outcome::NotApplicable,
        };
    };
    let services = dane::services(bundle, question).unwrap_or_default();
    let of_anchor = |service: &&Service<'_>| !service.of_usage(Usage::TrustAnchor).is_empty();
    let services: Vec<&Service<'_>> = services.iter().filter(of_anchor).collect();
    if services.is_empty() {
        return Outcome::NotApplicable;
    }
    let missing = services.iter().filter(|service| !service.is_satisfied(bundle)).take(TOLD);
    let said = missing.map(|service| {
        let message = format!("the trust anchor that TLSA publishes is not in the chain of {}", leaf.name());
        let records = service.of_usage(Usage::TrustAnchor);
        let said = Said::new(message).about(leaf.index).fact(format!("records of {}", service.name()));
        let said = records.iter().take(TOLD).fold(said, |said, record| said.fact(told(record, bundle, question)));
        service.with_what_does_not_count(said, bundle, published)
    });
    Outcome::of(said.collect())
}

/// Where the anchor of a record is, if it is anywhere.
fn told(record: &Tlsa, bundle: &Bundle<'_>, question: &Question) -> String {
    if let Some(member) = dane::authority(bundle, record) {
        return format!(
            "published: {record}, certificate {} ({}), which is on no path from the leaf",
            member.index,
            member.name()
        );
    }
    let elsewhere = question.at_hand().chain(question.stores.iter().flat_map(|store| &store.anchors));
    let mut elsewhere = elsewhere.filter_map(|link| Certificate::from_der(link.der()).ok());
    match elsewhere.find(|certificate| record.matches(certificate)) {
        Some(anchor) => format!("published: {record}, {}, which is not in the file", anchor.subject()),
        None => format!("published: {record}, which stands for no certificate at hand"),
    }
}
