//! `chain/eku-nesting`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::inspect::sheet::{ANY_PURPOSE, CLIENT_AUTH, SERVER_AUTH};
use crate::model::diagnostic::Severity;
use crate::trust::link::Link;
use crate::trust::reason::Reason;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/eku-nesting",
    severity: Severity::Error,
    decides: true,
    summary: "an issuer whose extended key usage leaves out what the certificate is for",
    why: "OpenSSL, Go, Windows and webpki take the extended key usage of an issuer as a limit for all that it issues, and refuse the \
          chain; so does GnuTLS when it is asked for a purpose. anyExtendedKeyUsage alone is enough for Go, and neither for OpenSSL \
          nor for webpki: that is a warning.",
    mend: "Get a certificate from an authority that is for servers (or clients).",
    source: "Baseline Requirements 7.1.2.10.6",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    match (against(bundle), any_alone(bundle, question)) {
        (Outcome::Found(said), _) => Outcome::Found(said),
        (outcome, said) if said.is_empty() => outcome,
        (_, said) => Outcome::Found(said),
    }
}

/// Intermediates of the best path that allow the use by anyExtendedKeyUsage alone.
fn any_alone(bundle: &Bundle<'_>, question: &Question) -> Vec<Said> {
    let Some(best) = path::best(bundle) else { return Vec::new() };
    let wanted = match question.ruleset.side {
        Use::Server => SERVER_AUTH,
        Use::Client => CLIENT_AUTH,
    };
    let below_anchor = best.links.len() - usize::from(best.anchored);
    let is_alone = |link: &&Link| {
        let list = link.extensions().extended_key_usage.as_ref();
        let has = |purpose: &[u8]| list.is_some_and(|list| list.iter().any(|listed| listed == purpose));
        has(ANY_PURPOSE) && !has(wanted)
    };
    let said = best.links.iter().take(below_anchor).skip(1).filter(is_alone).filter_map(|link| {
        let message =
            format!("{} is for any purpose, which OpenSSL and webpki do not take for this one", path::name(link));
        Some(Said::new(message).about(path::member(bundle, link)?.index).at_most(Severity::Warning))
    });
    said.collect()
}

fn against(bundle: &Bundle<'_>) -> Outcome {
    path::faults(bundle, |fault| {
        let Reason::Purpose { wanted } = fault.reason else { return None };
        (fault.depth > 0).then(|| {
            let said = Said::new(format!("{} is not for this use", path::name(fault.link)));
            let purpose = match wanted.as_str() {
                "1.3.6.1.5.5.7.3.1" => "serverAuth",
                "1.3.6.1.5.5.7.3.2" => "clientAuth",
                other => other,
            };
            let allowed =
                path::certificate(fault.link).and_then(|one| one.extended_key_usage().map(|list| list.join(", ")));
            said.fact(format!("extended key usage of the issuer: {}", allowed.unwrap_or_default()))
                .fact(format!("wanted: {purpose}"))
        })
    })
}
