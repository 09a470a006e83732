//! A chain with a gap: an issuer is missing, and what stands above it is there.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::certificate::Certificate;
use crate::model::diagnostic::Severity;
use crate::model::fingerprint::Fingerprint;
use crate::trust::link::Link;
use crate::trust::question::{Effort, Question as PathQuestion};
use crate::trust::reason::Reason;
use crate::trust::ruleset::Ruleset;
use crate::trust::verdict::{self, Path, Verdict};

use super::bundle::{Bundle, Member, Standing};
use super::bytes::Damage;
use super::issuers::Issuers;
use super::question::Question;
use super::ruleset::RootPolicy;

/// Certificates that are asked for a path to an anchor.
const ASKED: usize = 100;

/// The path of the leaf ends before an anchor; without stores, before any self-signed certificate.
pub fn is_open(bundle: &Bundle<'_>, question: &Question) -> bool {
    match question.stores.is_empty() {
        true => bundle.chain.as_ref().is_ok_and(|chain| !chain.is_complete()),
        false => bundle.verdict.as_ref().is_some_and(|verdict| !verdict.paths.iter().any(|path| path.anchored)),
    }
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

/// Without stores: the authorities of the file that nothing rules out as what the missing issuer leads to, each before its own
/// issuer. Ruled out are those that may certify no authority, that are not valid, and those that bear the missing issuer's name and
/// did not sign; a root where none is wanted in a file.
pub fn perhaps_above<'a>(bundle: &'a Bundle<'_>, question: &Question) -> Vec<&'a Member> {
    let missing = bundle.chain.as_ref().ok().and_then(|chain| chain.missing_issuer.as_ref());
    let Some(missing) = missing.filter(|_| question.stores.is_empty()) else { return Vec::new() };
    let copies: HashSet<usize> = bundle.repeats().map(|(copy, _)| copy.index).collect();
    let may_be = |member: &&Member| {
        let certificate = &member.found.certificate;
        let certifies_none = certificate.basic_constraints().is_some_and(|constraints| constraints.path_len == Some(0));
        let is_unwanted_root = question.ruleset.root == RootPolicy::Drop && certificate.is_self_signed();
        is_strange_authority(member)
            && !copies.contains(&member.index)
            && !certifies_none
            && !is_unwanted_root
            && certificate.is_valid_at(question.at)
            && *certificate.subject() != missing.name
    };
    let candidates: Vec<&Member> = bundle.members.iter().filter(may_be).take(ASKED).collect();
    each_before_its_issuer(candidates, question)
}

/// What stays in the file above a gap: the longest way from a certificate of the file to an anchor, as far as it is in the file and no
/// root, because whoever finds the missing issuer will need it. Without stores, all that may be that.
pub fn kept_above(bundle: &Bundle<'_>, question: &Question) -> Vec<Certificate> {
    if question.stores.is_empty() {
        let members = perhaps_above(bundle, question).into_iter();
        return members.map(|member| member.found.certificate.clone()).collect();
    }
    let member = |link: &Link| {
        let member = bundle.members.iter().find(|member| member.found.certificate.der() == link.der());
        member.map(|member| member.found.certificate.clone()).filter(|one| !one.is_self_signed())
    };
    let ways = above(bundle, question).into_iter();
    ways.map(|way| way.iter().filter_map(member).collect::<Vec<_>>()).max_by_key(Vec::len).unwrap_or_default()
}

/// Nothing was read where the damage is: it may have been a certificate of the path.
pub fn is_loss(damage: &Damage, bundle: &Bundle<'_>) -> bool {
    let same_block = |number: usize| bundle.items.items.iter().any(|item| item.place.block == Some(number));
    damage.severity == Severity::Error && !damage.place.block.is_some_and(same_block)
}

fn each_before_its_issuer<'a>(mut waiting: Vec<&'a Member>, question: &Question) -> Vec<&'a Member> {
    let certificates: Vec<Certificate> = waiting.iter().map(|member| member.found.certificate.clone()).collect();
    let mut issuers = Issuers::new(certificates, question.at, ASKED * ASKED);
    let issued: Vec<(Fingerprint, Vec<Fingerprint>)> = (0..waiting.len())
        .map(|child| {
            let above = issuers.of(child).into_iter().filter(|issuer| *issuer != child).collect::<Vec<_>>();
            let sha256 = |index: usize| issuers.certificates().get(index).map(Certificate::sha256);
            (sha256(child), above.into_iter().filter_map(sha256).collect())
        })
        .filter_map(|(child, above)| Some((child?, above)))
        .collect();
    let mut ordered: Vec<&Member> = Vec::new();
    while !waiting.is_empty() {
        let is_waiting = |sha256: &Fingerprint| waiting.iter().any(|member| member.sha256 == *sha256);
        let issued_a_waiting =
            |member: &&Member| issued.iter().any(|(child, above)| is_waiting(child) && above.contains(&member.sha256));
        // Those that certify each other stay in the order of the file.
        let next = waiting.iter().position(|member| !issued_a_waiting(member)).unwrap_or_default();
        ordered.push(waiting.remove(next));
    }
    ordered
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
