//! `mail/dane-unusable`

use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::tlsa::Published;

use super::dane::{self, Service, TOLD};

pub const RULE: Rule = Rule {
    id: "mail/dane-unusable",
    severity: Severity::Error,
    decides: true,
    summary: "the server has no TLSA record that mail servers can use, or one that they leave out of account",
    why: "A record counts when it stands at the name of the server's port, `_25._tcp.HOST`, and its fields are those that clients know: \
          usage 2 or 3 (mail servers leave out 0 and 1, which would need a list of trusted roots), a known selector and matching \
          type, and a digest of the right length. Where no record can be used, senders that know DANE encrypt and verify nobody: \
          the records protect nothing. Beside a record that can be used it is a warning.",
    mend: "Publish a record `3 1 1`: `sealpost show --tlsa FILE` prints it.",
    source: "RFC 6698 4.1; RFC 7672 2.2, 2.2.3, 3.1.3",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let (Some(leaf), Some(published)) = (bundle.leaf(), question.tlsa.as_ref()) else { return Outcome::NotApplicable };
    let services = dane::services(bundle, question).unwrap_or_default();
    let mut said: Vec<Said> = services
        .iter()
        .filter_map(|service| match (service.used.is_empty(), service.unusable.is_empty()) {
            (true, _) => Some(none(service, leaf, bundle, published)),
            (false, false) => Some(some(service, leaf)),
            (false, true) => None,
        })
        .take(TOLD)
        .collect();
    // Where nothing else is to be said of it: a line that cannot be read may be the one that was meant.
    if said.is_empty() && !published.faults().is_empty() {
        let unread = Said::new("the TLSA records were not read completely").about(leaf.index);
        said.push(with_faults(unread, published).at_most(Severity::Warning));
    }
    Outcome::of(said)
}

fn none(service: &Service<'_>, leaf: &Member, bundle: &Bundle<'_>, published: &Published) -> Said {
    let message = match (service.unusable.is_empty(), &service.host) {
        (true, Some(_)) => format!("there is no TLSA record of {}", service.name()),
        (true, None) => format!("there is no TLSA record of {} that {} could be for", service.name(), leaf.name()),
        (false, _) => format!("no TLSA record of {} can be used", service.name()),
    };
    let mut said = with_unusable(Said::new(message).about(leaf.index), service);
    if let Some(host) = &service.host {
        let own = service.name();
        let alias = published.canonical(&own);
        if alias != own {
            said = said.fact(format!("{own} is an alias for {alias}, whose records are not given"));
        }
        // `_25._tcp.mx1.example.com` without its final dot in the zone example.com.
        let is_doubled =
            |name: &&str| name.strip_prefix(&own).is_some_and(|rest| host.ends_with(rest) && !rest.is_empty());
        if let Some(doubled) = published.names().into_iter().find(is_doubled) {
            said = said.fact(format!("there is one of {doubled}: a final dot is missing behind {own}"));
        }
    }
    let said = with_faults(service.with_what_does_not_count(said, bundle, published), published);
    said.help(format!(
        "publish {} IN TLSA 3 1 1 {}",
        service
            .host
            .as_ref()
            .map_or_else(|| format!("_{}._tcp.HOST.", service.port), |_| format!("{}.", service.name())),
        leaf.found.certificate.public_key().fingerprint()
    ))
}

fn some(service: &Service<'_>, leaf: &Member) -> Said {
    let message = format!("a TLSA record of {} cannot be used", service.name());
    with_unusable(Said::new(message).about(leaf.index), service)
        .at_most(Severity::Warning)
        .help("remove it; the others count without it")
}

fn with_unusable(said: Said, service: &Service<'_>) -> Said {
    let unusable = service.unusable.iter().take(TOLD);
    unusable.fold(said, |said, (record, why)| said.fact(format!("published: {record} (line {}): {why}", record.line)))
}

fn with_faults(said: Said, published: &Published) -> Said {
    published.faults().iter().take(TOLD).fold(said, |said, fault| said.fact(format!("not read: {fault}")))
}
