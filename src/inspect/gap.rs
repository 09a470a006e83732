//! A chain with a gap: an issuer is missing, and what stands above it is there.

use std::cmp::Reverse;

use crate::trust::link::Link;
use crate::trust::question::{Effort, Question as PathQuestion};
use crate::trust::reason::Reason;
use crate::trust::ruleset::Ruleset;
use crate::trust::verdict::{self, Path, Verdict};

use super::bundle::{Bundle, Member, Standing};
use super::question::Question;

/// Certificates that are asked for a path to an anchor.
const ASKED: usize = 100;

/// The path of the leaf ends before an anchor.
pub fn is_open(bundle: &Bundle<'_>) -> bool {
    bundle.verdict.as_ref().is_some_and(|verdict| !verdict.paths.iter().any(|path| path.anchored))
}

/// The certificates whose issuer is missing, those that got furthest first; none when a path reaches an anchor.
pub fn open_ends(verdict: &Verdict) -> Vec<&Link> {
    if verdict.paths.iter().any(|path| path.anchored) {
        return Vec::new();
    }
    let wants = |path: &&Path| {
        let last = path.links.len().checked_sub(1);
        // A namesake whose key does not fit is not the issuer.
        path.faults.iter().any(|(depth, reason)| {
            Some(*depth) == last && matches!(reason, Reason::NoIssuer | Reason::BadSignature { .. })
        })
    };
    let mut open: Vec<&Path> = verdict.paths.iter().filter(wants).collect();
    open.sort_by_key(|path| Reverse(path.links.len()));
    let mut ends: Vec<&Link> = Vec::new();
    for end in open.iter().filter_map(|path| path.links.last()) {
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}

/// The ways from authorities of the file, which are on no path from the leaf, to a trust anchor: where the path of the leaf ends
/// open, they are what the missing certificate would lead to. Each begins with such an authority; at most 100 are asked. Without
/// stores there are no anchors, and no way.
pub fn above(bundle: &Bundle<'_>, question: &Question) -> Vec<Vec<Link>> {
    if question.stores.is_empty() {
        return Vec::new();
    }
    let pool: Vec<Link> =
        bundle.members.iter().take(ASKED).filter_map(|member| member.link.as_ref().ok()).cloned().collect();
    let anchors: Vec<Link> = question.stores.iter().flat_map(|store| &store.anchors).cloned().collect();
    let strangers = bundle.members.iter().filter(|member| is_strange_authority(member)).take(ASKED);
    strangers.filter_map(|stranger| way_up(stranger, &pool, &anchors, question)).collect()
}

fn is_strange_authority(member: &Member) -> bool {
    member.standing == Standing::Stranger && member.found.certificate.is_ca()
}

fn way_up(stranger: &Member, pool: &[Link], anchors: &[Link], question: &Question) -> Option<Vec<Link>> {
    let asked = PathQuestion {
        at: question.at.unix_timestamp(),
        ruleset: Ruleset::Rfc5280,
        effort: Effort::Verdict,
        ..PathQuestion::default()
    };
    let verdict = verdict::verify(&asked, stranger.link.as_ref().ok()?, pool, anchors);
    verdict.paths.into_iter().next().filter(verdict::Path::holds).map(|path| path.links)
}
