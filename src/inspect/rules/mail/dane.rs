//! What the DANE rules share: which published records stand for which certificates (RFC 7671).

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::model::tlsa::{Tlsa, Usage};

/// One record that fits is enough for a peer (RFC 7671 section 5), whatever the others say.
pub fn any_fits(bundle: &Bundle<'_>, records: &[Tlsa]) -> bool {
    records.iter().any(|record| match record.usage {
        Usage::Server => bundle.leaf().is_some_and(|leaf| record.matches(&leaf.found.certificate)),
        Usage::TrustAnchor => authority(bundle, record).is_some_and(on_a_path),
        // Mail servers ignore these two (RFC 7672 section 3.1.3).
        Usage::AuthorityConstraint | Usage::ServerConstraint => false,
    })
}

/// The certificate of the file that a record of usage 2 stands for; one on a path from the leaf first.
pub fn authority<'a>(bundle: &'a Bundle<'_>, record: &Tlsa) -> Option<&'a Member> {
    let fits = |member: &&Member| member.standing != Standing::Leaf && record.matches(&member.found.certificate);
    bundle.members.iter().filter(fits).min_by_key(|member| !on_a_path(member))
}

fn on_a_path(member: &Member) -> bool {
    matches!(member.standing, Standing::Intermediate | Standing::Root | Standing::Alternative)
}

/// The records of one usage.
pub fn of_usage(records: &[Tlsa], usage: Usage) -> Vec<&Tlsa> {
    records.iter().filter(|record| record.usage == usage).collect()
}
