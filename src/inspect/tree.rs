//! Who issued whom, as a tree of any set of certificates: roots on top, every certificate once.

use std::collections::BTreeMap;

use crate::model::certificate::Certificate;
use crate::model::distinguished_name::DistinguishedName;
use crate::model::moment::Moment;
use crate::model::signature::Obstacle;

use super::issuers::Issuers;

/// Signature checks for one tree beyond the one that each certificate of an honest file takes.
const MORE_CHECKS: usize = 4096;

/// A tree of certificates, flat: each line follows its issuer and precedes its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pub lines: Vec<Line>,
    /// There were more relations than could be checked; some issuers may stand as missing that are there.
    pub was_cut: bool,
}

/// One line, `depth` steps below the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub depth: usize,
    pub node: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A certificate by its index. `issuer` is itself when it is self-signed, `None` when its issuer is not there. With `unchecked`,
    /// names and key identifiers alone say so.
    Certificate { index: usize, issuer: Option<usize>, unchecked: Option<Obstacle> },
    /// An issuer that is not there; what it issued follows.
    Missing(DistinguishedName),
}

impl Tree {
    /// Draws up the tree of distinct certificates. Where several issuers fit, the one valid at `at` that lives longest is taken.
    pub fn of(certificates: Vec<Certificate>, at: Moment) -> Tree {
        let checks = certificates.len() + MORE_CHECKS;
        let mut issuers = Issuers::new(certificates, at, checks);
        let parents = parents(&mut issuers);
        let mut unchecked: Vec<Option<Obstacle>> =
            parents.iter().enumerate().map(|(index, parent)| issuers.obstacle(index, (*parent)?)).collect();
        let certificates = issuers.certificates();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); certificates.len()];
        let mut roots = Vec::new();
        let mut orphans: BTreeMap<usize, (DistinguishedName, Vec<usize>)> = BTreeMap::new();
        let mut first_orphan = std::collections::HashMap::new();
        for (index, parent) in parents.iter().enumerate() {
            match parent {
                Some(parent) if *parent == index => roots.push(index),
                Some(parent) => children[*parent].push(index),
                None => {
                    let name = certificates[index].issuer();
                    let first = *first_orphan.entry(name.der()).or_insert(index);
                    orphans.entry(first).or_insert_with(|| (name.clone(), Vec::new())).1.push(index);
                }
            }
        }
        let mut lines = Vec::with_capacity(certificates.len());
        for root in roots {
            descend(root, 0, &parents, &children, &mut unchecked, &mut lines);
        }
        for (name, orphans) in orphans.into_values() {
            lines.push(Line { depth: 0, node: Node::Missing(name) });
            for orphan in orphans {
                descend(orphan, 1, &parents, &children, &mut unchecked, &mut lines);
            }
        }
        Tree { lines, was_cut: issuers.was_cut() }
    }
}

/// The issuer chosen for each certificate, itself for a self-signed one; never in a circle.
fn parents(issuers: &mut Issuers) -> Vec<Option<usize>> {
    let count = issuers.certificates().len();
    let mut parents = vec![None; count];
    for index in 0..count {
        parents[index] = if issuers.is_self_signed(index) {
            Some(index)
        } else {
            let candidates = issuers.of(index);
            candidates.into_iter().find(|&issuer| !leads_to(issuer, index, &parents))
        };
    }
    parents
}

/// Whether the walk up from `start` meets `wanted`.
fn leads_to(start: usize, wanted: usize, parents: &[Option<usize>]) -> bool {
    let mut at = start;
    loop {
        if at == wanted {
            return true;
        }
        match parents[at] {
            Some(parent) if parent != at => at = parent,
            _ => return false,
        }
    }
}

/// Without recursion: a chain may be as deep as the file is long.
fn descend(
    top: usize,
    depth: usize,
    parents: &[Option<usize>],
    children: &[Vec<usize>],
    unchecked: &mut [Option<Obstacle>],
    lines: &mut Vec<Line>,
) {
    let mut waiting = vec![(top, depth)];
    while let Some((index, depth)) = waiting.pop() {
        let unchecked = unchecked[index].take();
        lines.push(Line { depth, node: Node::Certificate { index, issuer: parents[index], unchecked } });
        waiting.extend(children[index].iter().rev().map(|&child| (child, depth + 1)));
    }
}
