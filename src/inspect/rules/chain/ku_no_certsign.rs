//! `chain/ku-no-certsign`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/ku-no-certsign",
    severity: Severity::Error,
    decides: true,
    summary: "an issuer whose key usage leaves out keyCertSign",
    why: "OpenSSL, GnuTLS and BoringSSL refuse the chain, and so does Go; webpki does not look.",
    mend: "The authority has to issue the certificate of the issuer anew, with keyCertSign.",
    source: "RFC 5280 4.2.1.3, 6.1.4 (n)",
    fixable: false,
    check: Check::Bundle(check),
};

/// keyCertSign.
const CERT_SIGN: u16 = 1 << 5;

/// Every certificate of the file that says it is an authority; of others, such as anchors of a store, those that the path needs.
fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let links = bundle.members.iter().filter_map(|member| Some((member, member.link.as_ref().ok()?)));
    let lacking =
        links.filter(|(_, link)| link.is_ca() && link.extensions().key_usage.is_some_and(|bits| bits & CERT_SIGN == 0));
    let said = lacking.map(|(member, link)| {
        let said = told(link).about(member.index);
        // Nobody minds before it issues something.
        let is_leaf = matches!(member.standing, Standing::Leaf | Standing::OtherLeaf);
        if is_leaf { said.at_most(Severity::Warning) } else { said }
    });
    let mut said: Vec<Said> = said.collect();
    let on_path = path::faults(bundle, |fault| {
        // A server's certificate has no keyCertSign either: that it is no authority is the cause.
        let is_told = path::member(bundle, fault.link).is_some() || !fault.link.is_ca();
        (matches!(fault.reason, Reason::NoCertSign) && !is_told).then(|| told(fault.link))
    });
    match on_path {
        Outcome::Found(more) => said.extend(more),
        other if said.is_empty() => return other,
        _ => {}
    }
    Outcome::of(said)
}

fn told(link: &Link) -> Said {
    let usage = path::certificate(link).and_then(|one| one.key_usage().map(|bits| bits.join(", ")));
    Said::new(format!("{} is an authority, and its key usage does not let it sign certificates", path::name(link)))
        .fact(format!("key usage: {}", usage.unwrap_or_default()))
}
