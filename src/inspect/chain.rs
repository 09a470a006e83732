//! The chain of a server: the leaf, what issued it step by step, and everything that does not belong.
//!
//! ```text
//! certificates in any order ──arrange──▶ leaf, intermediates in path order, root apart; repeats, strangers, other leaves
//! ```
//!
//! The result does not depend on the order of the input, except for `was_in_order` and for which of several equal copies counts
//! as the repeat.

use std::collections::HashSet;

use crate::model::certificate::Certificate;
use crate::model::distinguished_name::DistinguishedName;
use crate::model::moment::Moment;
use crate::model::place::Place;
use crate::model::public_key::PublicKey;

use super::issuers::Issuers;
use super::leaf::{self, Choice};

/// A certificate and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub certificate: Certificate,
    pub place: Place,
}

/// A leaf and the best path upwards from it. Every certificate that went in is in exactly one of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub leaf: Found,
    /// In path order: the first issued the leaf.
    pub intermediates: Vec<Found>,
    /// The self-signed certificate at the end; `None` when the path ends open, or when the leaf is self-signed.
    pub root: Option<Found>,
    /// On another path from the leaf: cross-signed certificates and what is above them.
    pub alternatives: Vec<Found>,
    /// Other end-entity certificates, and other certificates with the leaf's key.
    pub other_leaves: Vec<Found>,
    /// On no path from the leaf.
    pub strangers: Vec<Found>,
    /// Second and further copies of a certificate.
    pub repeats: Vec<Found>,
    /// The issuer that the path wants and that is not there. `None` when the path ends at a self-signed certificate.
    pub missing_issuer: Option<MissingIssuer>,
    /// Those on the path stood in path order, whatever stood between them.
    pub was_in_order: bool,
    /// There was more to search than the budget allows, so that a better path may exist.
    pub was_cut: bool,
}

/// Who should come next on a path that ends open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingIssuer {
    pub name: DistinguishedName,
    /// Lower-case hexadecimal, as the certificate below wants it.
    pub key_id: Option<String>,
    /// Certificates that bear the name, but whose key did not make the signature, or which the path has already passed. None where
    /// the path was chosen by whom it leads to.
    pub namesakes: Vec<Found>,
}

/// Why there is no chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLeaf {
    #[error("there is no certificate")]
    NoCertificate,
    #[error("no certificate has the given key")]
    NoneForKey,
    /// An end-entity certificate is there, and has another key.
    #[error("the given key is that of an authority, not of the server's certificate")]
    KeyOfAuthority,
    /// More than one certificate, and none that a server would present.
    #[error("all certificates are those of authorities")]
    OnlyAuthorities,
}

/// Signature checks for one chain. An honest bundle takes one per certificate; 1,024 take about a tenth of a second.
const CHECKS: usize = 1024;

/// Certificates on a path. Real ones have up to six.
const LONGEST_PATH: usize = 32;

/// Attempts to extend a path, so that a web of cross-certificates cannot be walked for ever.
const STEPS: usize = 4096;

impl Chain {
    /// Finds the leaf and the best path from it.
    ///
    /// The leaf is the end-entity certificate with `key`, the newest if there are several; without a key the one that issued no
    /// other, valid at `at` if possible, then the newest. Only where no end-entity certificate is there may the leaf be that of an
    /// authority. Among paths, those win that are valid at `at`, whose issuers are authorities, that end in a self-signed
    /// certificate, that live longest, in this order.
    pub fn arrange(found: &[Found], key: Option<&PublicKey>, at: Moment) -> Result<Chain, NoLeaf> {
        Chain::arrange_by(found, Choice::of_key(key), at)
    }

    /// The same with more to choose the leaf by.
    pub fn arrange_by(found: &[Found], choice: Choice<'_>, at: Moment) -> Result<Chain, NoLeaf> {
        Chain::build(found, at, |issuers| leaf::candidates(issuers, choice, at))
    }

    /// The best path from `leaf`, whatever else among `found` could be one. `leaf` is among `found`.
    pub fn from_leaf(leaf: &Certificate, found: &[Found], at: Moment) -> Result<Chain, NoLeaf> {
        Chain::build(found, at, |issuers| {
            let position = issuers.certificates().iter().position(|one| one == leaf);
            position.map(|index| vec![index]).ok_or(NoLeaf::NoCertificate)
        })
    }

    fn build(
        found: &[Found],
        at: Moment,
        leaves: impl FnOnce(&mut Issuers) -> Result<Vec<usize>, NoLeaf>,
    ) -> Result<Chain, NoLeaf> {
        let (distinct, repeats) = without_repeats(found);
        let certificates = distinct.iter().map(|found| found.certificate.clone()).collect();
        let mut issuers = Issuers::new(certificates, at, CHECKS);
        let leaves = leaves(&mut issuers)?;
        let (leaf, other_leaves) = leaves.split_first().ok_or(NoLeaf::NoCertificate)?;
        issuers.allow(CHECKS);
        let mut search = Search { issuers: &mut issuers, at, steps: STEPS, best: None, was_cut: false };
        search.extend(&mut vec![*leaf]);
        let was_cut = search.was_cut;
        let path = search.best.map_or_else(|| vec![*leaf], |(_, path)| path);
        let sorted = Sorted { distinct, path, other_leaves: other_leaves.to_vec(), repeats };
        Ok(sorted.chain(&mut issuers, was_cut))
    }

    /// The same certificates along another path, leaf first. `given` is what the chain was made of; what of `path` is not among it
    /// is passed over.
    #[must_use]
    pub fn along(mut self, path: &[Certificate], given: &[Found]) -> Chain {
        let position = |one: &Certificate| given.iter().position(|found| found.certificate == *one);
        let on_path: Vec<usize> = path.iter().filter_map(position).collect();
        let taken: Vec<&Found> = on_path.iter().filter_map(|index| given.get(*index)).collect();
        if self.path().map(|found| &found.certificate).eq(taken.iter().map(|found| &found.certificate)) {
            return self;
        }
        let stays = |found: &Found| taken.iter().any(|one| one.certificate == found.certificate);
        let off: Vec<Found> =
            self.intermediates.drain(..).chain(self.root.take()).filter(|found| !stays(found)).collect();
        for list in [&mut self.alternatives, &mut self.other_leaves, &mut self.strangers] {
            list.retain(|found| !stays(found));
        }
        self.alternatives.extend(off);
        self.alternatives.sort_by_key(|found| found.certificate.sha256());
        self.was_in_order = on_path.is_sorted();
        let mut above: Vec<Found> = taken.into_iter().skip(1).cloned().collect();
        self.root = above.pop_if(|last| last.certificate.is_self_signed());
        self.intermediates = above;
        let last = &self.intermediates.last().unwrap_or(&self.leaf).certificate;
        self.missing_issuer = self.root.is_none().then(|| MissingIssuer {
            name: last.issuer().clone(),
            key_id: last.authority_key_id().map(str::to_owned),
            namesakes: Vec::new(),
        });
        self
    }

    /// Leaf, intermediates and root: the path as it should stand in a file that has everything.
    pub fn path(&self) -> impl Iterator<Item = &Found> {
        std::iter::once(&self.leaf).chain(&self.intermediates).chain(&self.root)
    }

    /// The path ends at a self-signed certificate.
    pub fn is_complete(&self) -> bool {
        self.missing_issuer.is_none()
    }

    /// Every place of this certificate: where it was taken from, then its repeats.
    pub fn places<'a>(&'a self, certificate: &'a Certificate) -> impl Iterator<Item = &'a Place> {
        let lists = self.path().chain(&self.alternatives).chain(&self.other_leaves).chain(&self.strangers);
        lists.chain(&self.repeats).filter(move |found| found.certificate == *certificate).map(|found| &found.place)
    }
}

/// The first of each certificate, and the further copies.
pub fn without_repeats(found: &[Found]) -> (Vec<Found>, Vec<Found>) {
    let mut seen = HashSet::new();
    found.iter().cloned().partition(|found| seen.insert(found.certificate.sha256()))
}

/// How good a path is; greater is better.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    valid: bool,
    issuers_are_authorities: bool,
    ends_self_signed: bool,
    lives_until: Option<Moment>,
    /// The shorter the better when it ends self-signed; an open path is the better the nearer it gets to its end.
    length: isize,
}

/// A depth-first walk over all paths from a leaf, most promising first.
struct Search<'a> {
    issuers: &'a mut Issuers,
    at: Moment,
    steps: usize,
    best: Option<(Rank, Vec<usize>)>,
    was_cut: bool,
}

impl Search<'_> {
    /// Recursion is bounded by `LONGEST_PATH`.
    fn extend(&mut self, path: &mut Vec<usize>) {
        let Some(&last) = path.last() else { return };
        if self.issuers.is_self_signed(last) {
            return self.consider(path, true);
        }
        let mut next = self.issuers.of(last);
        // An authority that stands twice on a path leads in a circle.
        next.retain(|&issuer| !path.iter().any(|&passed| self.issuers.is_same_authority(issuer, passed)));
        if next.is_empty() || path.len() >= LONGEST_PATH {
            self.was_cut |= !next.is_empty();
            return self.consider(path, false);
        }
        for issuer in next {
            if self.steps == 0 {
                self.was_cut = true;
                return self.consider(path, false);
            }
            self.steps -= 1;
            path.push(issuer);
            self.extend(path);
            path.pop();
        }
    }

    fn consider(&mut self, path: &[usize], ends_self_signed: bool) {
        let certificates = self.issuers.certificates();
        let on_path = || path.iter().map(|&index| &certificates[index]);
        let rank = Rank {
            valid: on_path().all(|certificate| certificate.is_valid_at(self.at)),
            issuers_are_authorities: on_path().skip(1).all(Certificate::is_ca),
            ends_self_signed,
            lives_until: on_path().map(Certificate::not_after).min(),
            length: path.len() as isize * if ends_self_signed { -1 } else { 1 },
        };
        if self.best.as_ref().is_none_or(|(best, _)| rank > *best) {
            self.best = Some((rank, path.to_vec()));
        }
    }
}

/// Which certificate goes where.
struct Sorted {
    distinct: Vec<Found>,
    path: Vec<usize>,
    other_leaves: Vec<usize>,
    repeats: Vec<Found>,
}

impl Sorted {
    fn chain(self, issuers: &mut Issuers, was_cut: bool) -> Chain {
        let reachable = reachable(issuers, self.path[0]);
        let on_path: HashSet<usize> = self.path.iter().copied().collect();
        let leaves: HashSet<usize> =
            self.other_leaves.iter().copied().filter(|index| !on_path.contains(index)).collect();
        let rest = (0..self.distinct.len()).filter(|index| !on_path.contains(index) && !leaves.contains(index));
        let (alternatives, strangers): (Vec<usize>, Vec<usize>) = rest.partition(|index| reachable.contains(index));
        let other_leaves: Vec<usize> =
            self.other_leaves.iter().copied().filter(|index| leaves.contains(index)).collect();

        let last = self.path[self.path.len() - 1];
        let ends_self_signed = issuers.is_self_signed(last);
        let root = (ends_self_signed && self.path.len() > 1).then_some(last);
        let intermediates = &self.path[1..self.path.len() - usize::from(root.is_some())];
        let take = |indices: &[usize]| indices.iter().map(|&index| self.distinct[index].clone()).collect::<Vec<_>>();
        Chain {
            leaf: self.distinct[self.path[0]].clone(),
            intermediates: take(intermediates),
            root: root.map(|index| self.distinct[index].clone()),
            alternatives: take(&in_fixed_order(alternatives, issuers)),
            other_leaves: take(&other_leaves),
            strangers: take(&in_fixed_order(strangers, issuers)),
            missing_issuer: (!ends_self_signed).then(|| MissingIssuer {
                name: issuers.certificates()[last].issuer().clone(),
                key_id: issuers.certificates()[last].authority_key_id().map(str::to_owned),
                namesakes: take(&issuers.namesakes(last)),
            }),
            was_in_order: self.path.is_sorted(),
            was_cut: was_cut || issuers.was_cut(),
            repeats: self.repeats,
        }
    }
}

/// Independent of the order in which they came.
fn in_fixed_order(mut indices: Vec<usize>, issuers: &Issuers) -> Vec<usize> {
    indices.sort_by_key(|&index| issuers.certificates()[index].sha256());
    indices
}

/// Every certificate on any path from `leaf`.
fn reachable(issuers: &mut Issuers, leaf: usize) -> HashSet<usize> {
    let mut seen = HashSet::from([leaf]);
    let mut waiting = vec![leaf];
    while let Some(index) = waiting.pop() {
        waiting.extend(issuers.of(index).into_iter().filter(|&issuer| seen.insert(issuer)));
    }
    seen
}
