//! `chain/unknown-root`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::distinguished_name::DistinguishedName;
use crate::model::fingerprint::hex;
use crate::trust::link::Link;
use crate::trust::reason::Reason;

use super::missing_intermediate::{lacks_intermediate, searched};
use super::path;

pub const RULE: Rule = Rule {
    id: "chain/unknown-root",
    severity: Severity::Error,
    decides: true,
    summary: "the chain leads to a root that nobody here knows",
    why: "The last certificate is that of an authority, and nothing leads further: what issued it is taken for a root, which no server \
          sends. Peers that do not have that root refuse the chain.",
    mend: "With a private authority, give its root (`--trust FILE`); if an intermediate lacks all the same, give that (`--pool FILE`); else \
           get a certificate from an authority that the peers trust.",
    source: "RFC 5280 6.1, RFC 8446 4.4.2",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(end) = path::dead_end(bundle) else { return path::unless_judged(bundle) };
    match end.reason {
        Reason::UnknownRoot if question.stores.is_empty() => Outcome::NotCheckable("trust anchors"),
        Reason::UnknownRoot if !lacks_intermediate(&end, bundle, question) => {
            Outcome::found(end.about(unknown(end.link, question)))
        }
        _ => Outcome::Passed,
    }
}

fn unknown(last: &Link, question: &Question) -> Said {
    let issuer = DistinguishedName::from_der(last.issuer());
    let short = issuer.as_ref().map_or("a nameless authority", DistinguishedName::short);
    let whole = issuer.as_ref().map_or("", DistinguishedName::as_str);
    let said = Said::new(format!("the chain leads to {short}, which is not trusted"))
        .fact(format!("{} was issued by it, and says of no place where its certificate is published", path::name(last)))
        .fact(format!("{whole} is neither in the file nor {}", searched(question)));
    let said = match last.extensions().authority_key_id.as_ref().and_then(|id| id.key_id.as_ref()) {
        Some(id) => said.fact(format!("its key identifier: {}", hex(id))),
        None => said,
    };
    said.help("--trust FILE with that root, if the peers trust it")
}
