//! `key/reused`

use std::collections::{BTreeSet, HashMap};

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;

pub const RULE: Rule = Rule {
    id: "key/reused",
    severity: Severity::Warning,
    decides: false,
    summary: "one key in certificates of different names",
    why: "Whoever gets the key of one server has that of the other too, and both have to be replaced at once.",
    mend: "Make a key for each: `sealpost cert request PROFILE --cn NAME`.",
    source: "RFC 5280 8",
    fixable: false,
    check: Check::Bundle(check),
};

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let mut owners: HashMap<&[u8], &Member> = HashMap::new();
    let mut said = Vec::new();
    let is_leaf = |member: &&Member| matches!(member.standing, Standing::Leaf | Standing::OtherLeaf);
    if bundle.members.iter().filter(is_leaf).nth(1).is_none() {
        return Outcome::NotApplicable;
    }
    for member in bundle.members.iter().filter(is_leaf) {
        let first = *owners.entry(member.found.certificate.public_key().spki()).or_insert(member);
        if first.sha256 != member.sha256 && names(first) != names(member) {
            let key = member.found.certificate.public_key().fingerprint().short();
            said.push(
                Said::new(format!("{} and {} have the same key", member.name(), first.name()))
                    .about(member.index)
                    .related(first.found.place.clone(), format!("certificate {}, {}", first.index, first.name()))
                    .fact(format!("public key SHA-256 {key}…")),
            );
        }
    }
    Outcome::of(said)
}

/// A renewal has the same names, in whatever order.
fn names(member: &Member) -> BTreeSet<String> {
    member.found.certificate.subject_alt_names().iter().map(|name| name.to_string().to_ascii_lowercase()).collect()
}
