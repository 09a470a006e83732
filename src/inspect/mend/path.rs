//! Which of several paths is written.

use std::cmp::Reverse;

use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::chain::{Chain, Found};
use crate::inspect::gap;
use crate::inspect::question::Question;
use crate::model::certificate::Certificate;
use crate::model::place::Place;
use crate::trust::link::Link;
use crate::trust::reason::Reason;
use crate::trust::verdict::Path;

/// The path that the mended file shall hold.
#[derive(Debug)]
pub(super) struct Best {
    /// Leaf first; the last one is the top where the path is complete.
    pub certificates: Vec<Certificate>,
    /// It ends at an anchor or at a self-signed certificate.
    pub is_complete: bool,
    /// Where it does not: what stands in the file above the gap.
    pub above_gap: Vec<Certificate>,
    /// There may be a better one that was not looked at.
    pub was_cut: bool,
}

impl Best {
    fn open(certificates: Vec<Certificate>) -> Best {
        Best { certificates, is_complete: false, above_gap: Vec::new(), was_cut: false }
    }
}

/// The best path that holds; else the least faulty one that reaches an anchor; else the one that gets furthest.
pub(super) fn best(bundle: &Bundle<'_>, question: &Question, leaf: &Member) -> Best {
    let paths = bundle.verdict.iter().flat_map(|verdict| &verdict.paths);
    let usable = |path: &&Path| path.anchored && !has_wrong_signature(path) && !adds_expired(path, bundle, question);
    let candidates = paths.filter(usable);
    let chosen = candidates.min_by_key(|path| {
        let accepted = path.links.last().map_or(0, |anchor| stores_with(anchor, question));
        (path.faults.len(), Reverse(path.not_after()), path.links.len(), Reverse(accepted))
    });
    let read = |path: &Path| path.links.iter().map(|link| Certificate::from_der(link.der()).ok()).collect();
    match chosen.and_then(read) {
        Some(certificates) => Best { is_complete: true, ..Best::open(certificates) },
        None => {
            let open = by_signatures(bundle, question, leaf);
            let above_gap = if open.is_complete { Vec::new() } else { above_gap(bundle, question) };
            Best { above_gap, ..open }
        }
    }
}

/// The longest way from a certificate of the file to an anchor, as far as it is in the file and no root: whoever finds the missing
/// issuer will need it. Without stores, all that may be that.
fn above_gap(bundle: &Bundle<'_>, question: &Question) -> Vec<Certificate> {
    if question.stores.is_empty() {
        let members = gap::perhaps_above(bundle, question).into_iter();
        return members.map(|member| member.found.certificate.clone()).collect();
    }
    let member = |link: &Link| {
        let member = bundle.members.iter().find(|member| member.found.certificate.der() == link.der());
        member.map(|member| member.found.certificate.clone()).filter(|one| !one.is_self_signed())
    };
    let ways = gap::above(bundle, question).into_iter();
    ways.map(|way| way.iter().filter_map(member).collect::<Vec<_>>()).max_by_key(Vec::len).unwrap_or_default()
}

fn has_wrong_signature(path: &Path) -> bool {
    path.faults.iter().any(|(_, reason)| matches!(reason, Reason::BadSignature { .. }))
}

/// What is not valid mends nothing.
fn adds_expired(path: &Path, bundle: &Bundle<'_>, question: &Question) -> bool {
    let below_anchor = path.links.split_last().map_or(&[][..], |(_, below)| below);
    let is_given = |link: &Link| bundle.members.iter().any(|member| member.found.certificate.der() == link.der());
    below_anchor.iter().any(|link| !is_valid(link, question) && !is_given(link))
}

fn is_valid(link: &Link, question: &Question) -> bool {
    (link.not_before()..=link.not_after()).contains(&question.at.unix_timestamp())
}

/// How many of the stores trust the authority.
fn stores_with(anchor: &Link, question: &Question) -> usize {
    question.stores.iter().filter(|store| store.anchors.iter().any(|link| link.is_same_entity(anchor))).count()
}

/// Without regard to trust.
fn by_signatures(bundle: &Bundle<'_>, question: &Question, leaf: &Member) -> Best {
    let from_pool = question.at_hand().filter(|link| is_valid(link, question)).filter_map(|link| {
        let certificate = Certificate::from_der(link.der()).ok()?;
        Some(Found { certificate, place: Place::default() })
    });
    let all: Vec<Found> = bundle.members.iter().map(|member| member.found.clone()).chain(from_pool).collect();
    match Chain::from_leaf(&leaf.found.certificate, &all, question.at) {
        Ok(chain) => Best {
            is_complete: chain.is_complete(),
            was_cut: chain.was_cut,
            ..Best::open(chain.path().map(|found| found.certificate.clone()).collect())
        },
        Err(_) => Best::open(vec![leaf.found.certificate.clone()]),
    }
}
