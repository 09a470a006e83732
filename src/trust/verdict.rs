//! What path validation answers.

use super::budget::Exhausted;
use super::link::Link;
use super::question::Question;
use super::reason::Reason;
use super::search::Search;
use super::validation::Fault;

/// The answer to a question.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Paths that hold first: the longest remaining life, then the fewest certificates, then the longest life of the issuers. Then those
    /// that do not: the ones that
    /// reach an anchor, then the ones with the fewest faults.
    pub paths: Vec<Path>,
    /// The work budget ended first. A path that holds is valid all the same.
    pub gave_up: Option<Exhausted>,
}

/// One path that was tried.
#[derive(Debug, Clone)]
pub struct Path {
    /// Leaf first.
    pub links: Vec<Link>,
    /// The last one is a trust anchor.
    pub anchored: bool,
    /// Empty for a path that holds; by depth.
    pub faults: Vec<Fault>,
}

impl Path {
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    /// The last moment, in seconds since 1970, at which all of its certificates are valid.
    pub fn not_after(&self) -> i64 {
        self.links.iter().map(Link::not_after).min().unwrap_or(i64::MIN)
    }

    /// The same without the leaf, which all paths share.
    pub fn issuers_not_after(&self) -> i64 {
        self.links.iter().skip(1).map(Link::not_after).min().unwrap_or(i64::MIN)
    }
}

impl Verdict {
    pub fn is_valid(&self) -> bool {
        self.paths.first().is_some_and(Path::holds)
    }

    /// The fault to tell when only one can be told; `None` for a verdict that is yes.
    pub fn main_fault(&self) -> Option<Fault> {
        if self.is_valid() {
            return None;
        }
        let gave_up = self.gave_up.map(|exhausted| (0, Reason::GaveUp(exhausted)));
        gave_up.or_else(|| self.paths.iter().find_map(|path| path.faults.first()).cloned())
    }
}

/// Looks for paths from `leaf` over certificates of `pool` to one of `anchors`.
///
/// Order and duplicates do not matter. Whatever the input, this ends after a bounded amount of work.
pub fn verify(question: &Question, leaf: &Link, pool: &[Link], anchors: &[Link]) -> Verdict {
    let mut search = Search::new(question, leaf, pool, anchors);
    let gave_up = search.run();
    let (mut paths, mut failing) = (search.holding, search.failing);
    paths.sort_by_key(|path| {
        (std::cmp::Reverse(path.not_after()), path.links.len(), std::cmp::Reverse(path.issuers_not_after()))
    });
    failing.sort_by_key(|path| {
        let length = path.links.len() as i64;
        // To an anchor the straight way is the telling one, elsewhere the one that got furthest.
        (!path.anchored, path.faults.len(), if path.anchored { length } else { -length })
    });
    paths.extend(failing);
    Verdict { paths, gave_up }
}
