//! `mail/domain-not-covered`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::reference::Reference;

use super::coverage::presented;

pub const RULE: Rule = Rule {
    id: "mail/domain-not-covered",
    severity: Severity::Note,
    decides: false,
    summary: "the mail domain itself is not in the certificate",
    why: "Some senders look for the recipient's domain and not for the host that its MX record names: the settings Preferred - Verify \
          and Required - Verify of mail gateways, and Postfix at level secure (which also takes a name below the domain). \
          Where the MX record is not signed by DNSSEC, the domain is the only name that nobody on the way can choose. \
          MTA-STS, DANE and Hosted Verify take the host name.",
    mend: "If such senders matter, request the domain beside the host names: `sealpost cert request PROFILE --san DOMAIN`.",
    source: "RFC 9525 6.1, RFC 7672 3.2.2, Postfix TLS_README (secure)",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf().filter(|_| !question.mail_domains.is_empty()) else { return Outcome::NotApplicable };
    let Ok(link) = &leaf.link else { return Outcome::NotCheckable("a certificate that can be read strictly") };
    let presented = presented(link, question);
    let is_covered =
        |domain: &str| domain.parse::<Reference>().is_ok_and(|reference| presented.matches(&reference).is_ok());
    // One that is its own exchanger is told as that.
    let domains = question.mail_domains.iter().filter(|domain| !question.exchangers.contains(domain));
    let missing = domains.filter(|domain| !is_covered(domain));
    let said = missing.map(|domain| {
        let message = format!("{} does not cover the mail domain {domain} itself", leaf.name());
        Said::new(message)
            .about(leaf.index)
            .fact("senders that look for the domain, and not for its MX host, refuse it")
    });
    Outcome::of(said.collect())
}
