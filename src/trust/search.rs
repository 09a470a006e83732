//! Path building: all ways from a leaf to a trust anchor, with backtracking and within a budget (RFC 4158).

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use super::asn1::Malformed;
use super::budget::{Budget, Exhausted};
use super::crl::Entry;
use super::distinguished::FoldedName;
use super::link::Link;
use super::profile::Position;
use super::question::{Effort, Question};
use super::reason::Reason;
use super::validation::{self, Fault, Proof};
use super::verdict::Path;

/// No sensible path is longer; PKITS asks for less than ten.
const LONGEST: usize = 32;
/// Paths that are kept: what a person can still look at.
const KEPT: usize = 16;

/// The state of one search.
pub struct Search<'a> {
    pub(super) question: &'a Question,
    /// The leaf first, then the anchors, then the pool; every certificate once.
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) by_subject: BTreeMap<&'a FoldedName, Vec<usize>>,
    pub(super) budget: Budget,
    pub(super) holding: Vec<Path>,
    pub(super) failing: Vec<Path>,
    /// What signatures prove, by node and node of the issuer.
    proofs: BTreeMap<(usize, usize), Proof>,
    /// What is wrong with a node by itself, once it was looked at.
    local: Vec<Option<Rc<[Reason]>>>,
    /// Whether a CRL, by its place among the question's, is signed by a node.
    pub(super) crl_signatures: HashMap<(usize, usize), bool>,
    /// What a CRL says of a node.
    pub(super) crl_entries: HashMap<(usize, usize), Result<Option<Entry>, Malformed>>,
    /// Leave a path as soon as something is wrong with it.
    pruning: bool,
    /// How many searches for the issuers of CRLs this one is inside of.
    pub(super) nesting: u8,
}

/// A certificate that may become part of a path.
pub struct Node<'a> {
    pub link: &'a Link,
    pub is_anchor: bool,
    /// The names alone do not rule out that a path leads from here to an anchor.
    reaches_anchor: bool,
}

/// Why a search ended early.
pub enum Stop {
    Enough,
    Exhausted(Exhausted),
}

impl From<Exhausted> for Stop {
    fn from(exhausted: Exhausted) -> Stop {
        Stop::Exhausted(exhausted)
    }
}

impl<'a> Search<'a> {
    pub fn new(question: &'a Question, leaf: &'a Link, pool: &'a [Link], anchors: &'a [Link]) -> Search<'a> {
        let is_anchor = anchors.contains(leaf);
        let mut nodes = vec![Node { link: leaf, is_anchor, reaches_anchor: is_anchor }];
        let mut by_subject: BTreeMap<&FoldedName, Vec<usize>> = BTreeMap::new();
        let links = anchors.iter().map(|link| (link, true)).chain(pool.iter().map(|link| (link, false)));
        let mut known = BTreeSet::new();
        for (link, is_anchor) in links.filter(|(link, _)| known.insert(link.der())) {
            by_subject.entry(link.subject_folded()).or_default().push(nodes.len());
            nodes.push(Node { link, is_anchor, reaches_anchor: is_anchor });
        }
        mark_reaching(&mut nodes);
        let local = vec![None; nodes.len()];
        Search {
            question,
            nodes,
            by_subject,
            budget: Budget::default(),
            holding: Vec::new(),
            failing: Vec::new(),
            proofs: BTreeMap::new(),
            crl_signatures: HashMap::new(),
            crl_entries: HashMap::new(),
            local,
            pruning: true,
            nesting: 0,
        }
    }

    /// Finds the paths that hold; with `Effort::Explain`, when there is none, what is wrong with those that could be.
    pub fn run(&mut self) -> Option<Exhausted> {
        let exhausted = self.pass(true);
        if self.holding.is_empty() && self.question.effort == Effort::Explain {
            self.failing.clear();
            self.budget = Budget::default();
            return self.pass(false).or(exhausted);
        }
        exhausted
    }

    fn pass(&mut self, pruning: bool) -> Option<Exhausted> {
        self.pruning = pruning;
        if pruning && self.leaf_is_faulty() {
            return None;
        }
        match self.extend(&mut vec![0]) {
            Err(Stop::Exhausted(exhausted)) => Some(exhausted),
            Ok(()) | Err(Stop::Enough) => None,
        }
    }

    /// A leaf with a fault of its own needs no path.
    fn leaf_is_faulty(&mut self) -> bool {
        let reasons = self.local(0);
        let links = self.links(&[0]);
        if !reasons.is_empty() {
            self.keep(links, false, reasons.iter().map(|reason| (0, reason.clone())).collect());
        }
        !reasons.is_empty()
    }

    /// What is wrong with a node wherever its path leads.
    fn local(&mut self, index: usize) -> Rc<[Reason]> {
        if let Some(known) = self.local.get(index).and_then(Clone::clone) {
            return known;
        }
        let reasons: Rc<[Reason]> = match self.nodes.get(index) {
            None => Rc::new([]),
            Some(node) => {
                let position = match (index, node.is_anchor) {
                    (0, _) => Position::Leaf,
                    (_, true) => Position::Anchor,
                    (_, false) => Position::Intermediate,
                };
                validation::local(node.link, position, self.question).into()
            }
        };
        if let Some(slot) = self.local.get_mut(index) {
            *slot = Some(reasons.clone());
        }
        reasons
    }

    /// Goes on from a path with at least one certificate.
    fn extend(&mut self, path: &mut Vec<usize>) -> Result<(), Stop> {
        let Some(&last) = path.last() else { return Ok(()) };
        let Some(node) = self.nodes.get(last) else { return Ok(()) };
        let link = node.link;
        // Thousands of namesakes, or names of a megabyte, make it a long step.
        let namesakes = self.by_subject.get(link.issuer_folded()).map_or(0, Vec::len);
        self.budget.spend(Exhausted::Steps, 1 + namesakes / 256 + link.issuer().len() / 4096)?;
        if node.is_anchor {
            let holds = self.complete(path)?;
            // A leaf that is its own anchor may still have an issuer that makes it good.
            if holds || path.len() > 1 {
                return Ok(());
            }
        }
        let candidates = self.candidates(link, path);
        let mut short = Vec::new();
        let mut went_on = false;
        for candidate in candidates.iter().copied() {
            match self.proof(last, candidate)? {
                Proof::Bad => {}
                Proof::Short(reason) => short.push((candidate, reason)),
                Proof::Good => {
                    went_on = true;
                    self.go_through(candidate, path)?;
                }
            }
        }
        if went_on {
            return Ok(());
        }
        if !self.pruning {
            // Nobody else signed it, and one of these may have: what is above is worth looking at.
            let likely = self.likely(link, &short);
            for candidate in &likely {
                self.go_through(*candidate, path)?;
            }
            if !likely.is_empty() {
                return Ok(());
            }
        }
        let reason = match short.into_iter().next() {
            Some((_, reason)) => reason,
            None if !candidates.is_empty() => Reason::BadSignature { tried: candidates.len() },
            None => end_of_names(link),
        };
        self.dead_end(path, reason)
    }

    /// Those that nothing speaks against but that the signature proves nothing.
    fn likely(&self, link: &Link, short: &[(usize, Reason)]) -> Vec<usize> {
        let may_be = |index: &usize| self.nodes.get(*index).is_some_and(|node| key_id_rank(link, node.link) < 2);
        let weak_only = |reason: &Reason| matches!(reason, Reason::WeakSignature { .. });
        short.iter().filter(|(index, reason)| weak_only(reason) || may_be(index)).map(|(index, _)| *index).collect()
    }

    fn go_through(&mut self, candidate: usize, path: &mut Vec<usize>) -> Result<(), Stop> {
        if path.len() >= LONGEST {
            return self.dead_end(path, Reason::Endless { limit: LONGEST });
        }
        if self.pruning && !self.is_sound(candidate, path) {
            return Ok(());
        }
        path.push(candidate);
        let result = self.extend(path);
        path.pop();
        result
    }

    /// Certificates with the issuer's name that are not in the path yet, the most promising first.
    fn candidates(&self, link: &Link, path: &[usize]) -> Vec<usize> {
        let Some(namesakes) = self.by_subject.get(link.issuer_folded()) else { return Vec::new() };
        let on_path = |other: &Link| {
            path.iter().filter_map(|index| self.nodes.get(*index)).any(|node| node.link.is_same_entity(other))
        };
        let mut ranked: Vec<(_, usize)> = namesakes
            .iter()
            .filter_map(|index| self.nodes.get(*index).map(|node| (*index, node)))
            .filter(|(_, node)| node.is_anchor || node.reaches_anchor || !self.pruning)
            .filter(|(_, node)| !on_path(node.link))
            .map(|(index, node)| ((!node.is_anchor, !self.is_current(node.link), key_id_rank(link, node.link)), index))
            .collect();
        ranked.sort();
        ranked.into_iter().map(|(_, index)| index).collect()
    }

    fn is_current(&self, link: &Link) -> bool {
        (link.not_before()..=link.not_after()).contains(&self.question.at)
    }

    /// Whether a certificate has no fault of its own as an issuer; the first path to one that has is kept.
    fn is_sound(&mut self, index: usize, path: &[usize]) -> bool {
        let is_new = self.local.get(index).is_some_and(Option::is_none);
        let reasons = self.local(index);
        if is_new && !reasons.is_empty() {
            let mut links = self.links(path);
            links.extend(self.links(&[index]));
            let anchored = self.nodes.get(index).is_some_and(|node| node.is_anchor);
            self.keep(links, anchored, reasons.iter().map(|reason| (path.len(), reason.clone())).collect());
        }
        reasons.is_empty()
    }

    /// Checks the signature of one node by another once and remembers.
    pub(super) fn proof(&mut self, child: usize, issuer: usize) -> Result<Proof, Exhausted> {
        if let Some(known) = self.proofs.get(&(child, issuer)) {
            return Ok(known.clone());
        }
        self.budget.spend(Exhausted::Signatures, 1)?;
        let proof = match (self.nodes.get(child), self.nodes.get(issuer)) {
            (Some(child), Some(issuer)) => validation::signature(child.link, issuer.link),
            _ => Proof::Bad,
        };
        self.proofs.insert((child, issuer), proof.clone());
        Ok(proof)
    }

    /// Where a signature on the path proves nothing.
    fn short_proofs(&self, path: &[usize]) -> Vec<Fault> {
        let pairs = path.iter().zip(path.iter().skip(1)).enumerate();
        let short = pairs.filter_map(|(depth, (child, issuer))| match self.proofs.get(&(*child, *issuer)) {
            Some(Proof::Short(reason)) => Some((depth, reason.clone())),
            _ => None,
        });
        short.collect()
    }

    pub(super) fn links(&self, path: &[usize]) -> Vec<&'a Link> {
        path.iter().filter_map(|index| self.nodes.get(*index)).map(|node| node.link).collect()
    }

    /// A path that ends at an anchor; whether it holds.
    fn complete(&mut self, path: &[usize]) -> Result<bool, Stop> {
        let mut faults = self.faults(path, true)?;
        if !self.question.crls.is_empty() && (faults.is_empty() || !self.pruning) {
            faults.extend(self.revocation(path)?);
            faults.sort_by_key(|(depth, _)| *depth);
        }
        let holds = faults.is_empty();
        self.keep(self.links(path), true, faults);
        let enough = self.question.effort == Effort::Verdict || self.holding.len() >= KEPT;
        if holds && enough { Err(Stop::Enough) } else { Ok(holds) }
    }

    /// A path that leads nowhere.
    fn dead_end(&mut self, path: &[usize], reason: Reason) -> Result<(), Stop> {
        let mut faults = match self.pruning {
            true => Vec::new(),
            false => self.faults(path, false)?,
        };
        faults.push((path.len() - 1, reason));
        self.keep(self.links(path), false, faults);
        Ok(())
    }

    /// Everything wrong with a path but for revocation, leaf first.
    fn faults(&mut self, path: &[usize], anchored: bool) -> Result<Vec<Fault>, Stop> {
        self.budget.spend(Exhausted::Steps, path.len())?;
        let mut faults = Vec::new();
        for (depth, index) in path.iter().enumerate() {
            faults.extend(self.local(*index).iter().map(|reason| (depth, reason.clone())));
        }
        faults.extend(self.short_proofs(path));
        faults.extend(validation::faults(&self.links(path), anchored, self.question, &mut self.budget)?);
        faults.sort_by_key(|(depth, _)| *depth);
        Ok(faults)
    }

    fn keep(&mut self, links: Vec<&Link>, anchored: bool, faults: Vec<Fault>) {
        let list = if faults.is_empty() { &mut self.holding } else { &mut self.failing };
        if list.len() < KEPT {
            list.push(Path { links: links.into_iter().cloned().collect(), anchored, faults });
        }
    }
}

/// Why a path ends at a certificate whose issuer's name nobody bears.
fn end_of_names(link: &Link) -> Reason {
    if !link.is_self_issued() {
        return Reason::of_open_end(link);
    }
    // One that names the key of another was signed by an older or newer key of the same authority, which is not here.
    match validation::signature(link, link) {
        Proof::Bad if key_id_rank(link, link) == 2 => Reason::of_open_end(link),
        Proof::Bad => Reason::BadSignature { tried: 1 },
        Proof::Good | Proof::Short(_) => Reason::UntrustedRoot,
    }
}

/// 0 where the key identifiers agree, 1 where they do not tell, 2 where they contradict. Only a hint (RFC 4158 section 3.5.12).
fn key_id_rank(child: &Link, issuer: &Link) -> u8 {
    let wanted = child.extensions().authority_key_id.as_ref().and_then(|id| id.key_id.as_ref());
    match (wanted, &issuer.extensions().subject_key_id) {
        (Some(wanted), Some(own)) if wanted == own => 0,
        (Some(_), Some(_)) => 2,
        _ => 1,
    }
}

/// Marks what an anchor may have issued, directly or not, going by names only: a circle of certificates without an anchor is
/// then left at its first certificate.
fn mark_reaching(nodes: &mut [Node<'_>]) {
    let mut by_issuer: BTreeMap<&FoldedName, Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        by_issuer.entry(node.link.issuer_folded()).or_default().push(index);
    }
    let mut queue: VecDeque<usize> =
        nodes.iter().enumerate().filter(|(_, node)| node.is_anchor).map(|(index, _)| index).collect();
    while let Some(subject) =
        queue.pop_front().and_then(|index| nodes.get(index)).map(|node| node.link.subject_folded())
    {
        for issued in by_issuer.remove(subject).unwrap_or_default() {
            if let Some(node) = nodes.get_mut(issued)
                && !node.reaches_anchor
            {
                node.reaches_anchor = true;
                queue.push_back(issued);
            }
        }
    }
}
