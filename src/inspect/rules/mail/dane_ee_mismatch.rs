//! `mail/dane-ee-mismatch`

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::tlsa::{Published, Tlsa, Usage};

use super::dane::{self, Service, TOLD};

pub const RULE: Rule = Rule {
    id: "mail/dane-ee-mismatch",
    severity: Severity::Error,
    decides: true,
    summary: "no TLSA 3 x x record of the server stands for the certificate or its key",
    why: "Mail servers that know DANE do not deliver to a host whose records fit nothing it presents; the mail waits in their queues. \
          It happens when a renewal came with a new key and DNS was not told first. Only the records of the server's own name and \
          port count, `_25._tcp.HOST`, and of several digests of the same thing only the strongest. A record beside one that fits is a \
          note: that of the next key belongs there, that of the last one is to be removed.",
    mend: "Publish the record of the new key, wait for the old one's time to live, and only then serve the new certificate.",
    source: "RFC 7671 5.1, 8.1, 9; RFC 7672 3.1.1",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let (Some(leaf), Some(published)) = (bundle.leaf(), question.tlsa.as_ref()) else { return Outcome::NotApplicable };
    let services = dane::services(bundle, question).unwrap_or_default();
    let of_server = |service: &&Service<'_>| !service.of_usage(Usage::Server).is_empty();
    let services: Vec<&Service<'_>> = services.iter().filter(of_server).collect();
    if services.is_empty() {
        return Outcome::NotApplicable;
    }
    let said = services.iter().take(TOLD).filter_map(|service| match service.is_satisfied(bundle) {
        false => Some(mismatch(service, leaf, bundle, published)),
        true => left_over(service, leaf, bundle),
    });
    Outcome::of(said.collect())
}

fn mismatch(service: &Service<'_>, leaf: &Member, bundle: &Bundle<'_>, published: &Published) -> Said {
    let message = format!("no TLSA record of {} stands for {} or its key", service.name(), leaf.name());
    let records = service.of_usage(Usage::Server);
    let said = records.iter().take(TOLD).fold(Said::new(message).about(leaf.index), |said, record| {
        let other = bundle.members.iter().find(|member| record.matches(&member.found.certificate));
        said.fact(match other {
            Some(other) if other.standing == Standing::OtherLeaf => {
                format!("published: {record} (line {}), which stands for certificate {}", record.line, other.index)
            }
            _ => listed(record),
        })
    });
    let wanted = format!("3 1 1 {}", leaf.found.certificate.public_key().fingerprint());
    service
        .with_what_does_not_count(said, bundle, published)
        .fact(format!("its key is {wanted}"))
        .help(format!("publish TLSA {wanted}, then serve the certificate"))
}

/// Records beside one that fits.
fn left_over(service: &Service<'_>, leaf: &Member, bundle: &Bundle<'_>) -> Option<Said> {
    let mut others = service.used.iter().filter(|record| !dane::fits(record, bundle)).peekable();
    others.peek()?;
    let message =
        format!("of the TLSA records of {}, not all stand for {} or its issuers", service.name(), leaf.name());
    let said = others.take(TOLD).fold(Said::new(message).about(leaf.index), |said, record| said.fact(listed(record)));
    let said = said.fact("one that fits is enough; the record of the next key belongs there before it is served");
    Some(said.at_most(Severity::Note).help("remove the records of keys that are no longer served"))
}

fn listed(record: &Tlsa) -> String {
    format!("published: {record} (line {})", record.line)
}
