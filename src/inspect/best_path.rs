//! Which of several paths a chain takes. One choice for all: the tree, the rules, what `--fix` writes and what an import keeps.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::certificate::Certificate;
use crate::model::place::Place;
use crate::trust::FoldedName;
use crate::trust::link::Link;
use crate::trust::reason::Reason;
use crate::trust::verdict::{Path, Verdict};

use super::chain::{Chain, Found};
use super::question::Question;

/// The path that the leaf of a file should take.
#[derive(Debug, Clone)]
pub struct BestPath {
    /// Leaf first; what is not in the file is from the pool, fetched, or an anchor. The last one is the top where the path is
    /// complete.
    pub certificates: Vec<Certificate>,
    /// It ends at an anchor or at a self-signed certificate.
    pub is_complete: bool,
    /// Its position among the paths of the verdict; `None` where signatures alone tell.
    pub judged: Option<usize>,
    /// There may be a better one that was not looked at.
    pub was_cut: bool,
}

impl BestPath {
    /// The best path that holds; else the least faulty one that reaches an anchor; else the one that gets furthest by signatures.
    ///
    /// Of several that are equally good it is the one with the longest remaining life, then the one with the fewest certificates,
    /// then the one that most of the given stores accept, then the one whose issuers live longest. `given` is what the file holds,
    /// and `chain` how it hangs together without regard to trust.
    pub fn choose(given: &[Found], chain: &Chain, verdict: Option<&Verdict>, question: &Question) -> BestPath {
        let paths = verdict.map(|verdict| verdict.paths.as_slice()).unwrap_or_default();
        let usable = |path: &Path| path.anchored && !has_wrong_signature(path) && !adds_expired(path, given, question);
        let candidates = paths.iter().enumerate().filter(|(_, path)| usable(path));
        let chosen = candidates.min_by_key(|(_, path)| {
            let accepted = path.links.last().map_or(0, |anchor| stores_with(anchor, question));
            let life = Reverse(path.not_after());
            (path.faults.len(), life, path.links.len(), Reverse(accepted), Reverse(path.issuers_not_after()))
        });
        let certificate = |link: &Link| Certificate::from_der(link.der()).ok();
        let read = |path: &Path| path.links.iter().map(certificate).collect::<Option<Vec<_>>>();
        match chosen.and_then(|(index, path)| Some((index, read(path)?))) {
            Some((index, certificates)) => {
                BestPath { certificates, is_complete: true, judged: Some(index), was_cut: false }
            }
            None => by_signatures(given, chain, question),
        }
    }
}

fn has_wrong_signature(path: &Path) -> bool {
    path.faults.iter().any(|(_, reason)| matches!(reason, Reason::BadSignature { .. }))
}

/// What is not valid and not in the file makes nothing better.
fn adds_expired(path: &Path, given: &[Found], question: &Question) -> bool {
    let below_anchor = path.links.split_last().map_or(&[][..], |(_, below)| below);
    let is_given = |link: &Link| given.iter().any(|found| found.certificate.der() == link.der());
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
fn by_signatures(given: &[Found], chain: &Chain, question: &Question) -> BestPath {
    let of = |chain: &Chain| BestPath {
        certificates: chain.path().map(|found| found.certificate.clone()).collect(),
        is_complete: chain.is_complete(),
        judged: None,
        was_cut: chain.was_cut,
    };
    let at_hand = above(given, question);
    if at_hand.is_empty() {
        return of(chain);
    }
    let from_pool = at_hand.into_iter().filter_map(|link| {
        let certificate = Certificate::from_der(link.der()).ok()?;
        Some(Found { certificate, place: Place::default() })
    });
    let all: Vec<Found> = given.iter().cloned().chain(from_pool).collect();
    Chain::from_leaf(&chain.leaf.certificate, &all, question.at).map_or_else(|_| of(chain), |helped| of(&helped))
}

/// Of what is at hand, what by its name may stand above a certificate of the file: a pool may hold thousands of others.
fn above<'a>(given: &[Found], question: &'a Question) -> Vec<&'a Link> {
    let mut waiting: Vec<&Link> = question.at_hand().filter(|link| is_valid(link, question)).collect();
    if waiting.is_empty() {
        return waiting;
    }
    let own: Vec<Link> =
        given.iter().filter_map(|found| Link::from_der(found.certificate.der().to_vec()).ok()).collect();
    let mut wanted: HashSet<&FoldedName> = own.iter().map(Link::issuer_folded).collect();
    let mut found = Vec::new();
    loop {
        let (reached, rest): (Vec<&Link>, Vec<&Link>) =
            waiting.into_iter().partition(|link| wanted.contains(link.subject_folded()));
        if reached.is_empty() {
            return found;
        }
        wanted.extend(reached.iter().map(|link| link.issuer_folded()));
        found.extend(reached);
        waiting = rest;
    }
}
