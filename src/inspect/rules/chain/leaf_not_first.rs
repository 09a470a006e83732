//! `chain/leaf-not-first`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

use super::no_leaf;

pub const RULE: Rule = Rule {
    id: "chain/leaf-not-first",
    severity: Severity::Error,
    decides: true,
    summary: "the first certificate is not the server's",
    why: "A server presents its file as it stands: the peer takes the first certificate for the server's. OpenSSL \
          and Postfix refuse to start when a key is given, others serve a chain that nobody accepts. `openssl \
          verify` looks at the first certificate only and says OK.",
    mend: "`sealpost lint --fix FILE` writes the chain in order.",
    source: "RFC 5246 7.4.2, RFC 8446 4.4.2",
    fixable: true,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let (Some(first), Some(leaf)) = (bundle.members.first(), bundle.leaf()) else { return Outcome::NotApplicable };
    if no_leaf::applies(bundle, question) {
        return Outcome::NotApplicable;
    }
    // Which of two server certificates belongs in front is then the key's affair: `key/mismatch`.
    let has_key = question.key.is_some() || !bundle.sorted.keys.is_empty();
    if first.standing == Standing::OtherLeaf && has_key {
        return Outcome::NotApplicable;
    }
    Outcome::unless(first.standing == Standing::Leaf, || {
        let what = match first.standing {
            Standing::OtherLeaf => "another server certificate stands first",
            _ => "the certificate of an authority stands first",
        };
        Said::new(format!("{what}, not that of {}", leaf.name()))
            .about(first.index)
            .related(leaf.found.place.clone(), format!("certificate {}, {}", leaf.index, leaf.name()))
            .fact(format!("first in the file: {}", first.name()))
    })
}
