//! Path validation (RFC 5280 section 6.1) of one path, all failures at once, but for signatures and revocation.

use std::collections::BTreeSet;

use crate::model::signature::{self, SignatureStatus};

use super::budget::{Budget, Exhausted};
use super::constraints::ConstrainedNames;
use super::extensions::Kind;
use super::link::Link;
use super::policy;
use super::presented::Presented;
use super::profile::{self, ANY_PURPOSE, Position};
use super::question::Question;
use super::reason::Reason;
use super::reference::Reference;
use super::ruleset::Check;

/// A reason and the depth of the certificate it stands at; 0 is the leaf.
pub type Fault = (usize, Reason);

/// What is wrong with the path beyond its single certificates; `anchored` when its last certificate is a trust anchor.
pub fn faults(
    path: &[&Link],
    anchored: bool,
    question: &Question,
    budget: &mut Budget,
) -> Result<Vec<Fault>, Exhausted> {
    let mut faults = Vec::new();
    lengths(path, anchored, question, &mut faults);
    name_constraints(path, question, budget, &mut faults)?;
    // The anchor is no part of the path that policies are computed for (section 6.1).
    let below_anchor = path.len() - usize::from(anchored && path.len() > 1);
    if let Err(depth) = policy::check(path.get(..below_anchor).unwrap_or_default(), budget)? {
        faults.push((depth, Reason::NoPolicy));
    }
    Ok(faults)
}

/// What is wrong with one certificate wherever its path leads.
pub fn local(link: &Link, position: Position, question: &Question) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match position {
        Position::Anchor => {
            if question.ruleset.makes(Check::AnchorDates) {
                reasons.extend(dates(link, question.at));
            }
        }
        Position::Leaf | Position::Intermediate => {
            reasons.extend(dates(link, question.at));
            extensions(link, &mut reasons);
            reasons.extend(purpose(link, question));
        }
    }
    if !link.algorithms_agree() {
        reasons.push(Reason::AlgorithmsDiffer);
    }
    if position == Position::Intermediate {
        if !link.is_ca() {
            reasons.push(Reason::NotCa);
        }
        if profile::lacks_cert_sign(link) {
            reasons.push(Reason::NoCertSign);
        }
    }
    if position == Position::Leaf {
        reasons.extend(names(link, question));
    }
    let faults = profile::faults(link, position).into_iter();
    reasons.extend(faults.filter(|check| question.ruleset.makes(*check)).map(Reason::Profile));
    reasons
}

fn dates(link: &Link, at: i64) -> Option<Reason> {
    if at > link.not_after() {
        return Some(Reason::Expired { not_after: link.not_after() });
    }
    (at < link.not_before()).then(|| Reason::NotYetValid { not_before: link.not_before() })
}

/// Section 6.1.4 (o) and 6.1.5 (f), and what could not be read of the extensions that are processed.
fn extensions(link: &Link, reasons: &mut Vec<Reason>) {
    let extensions = link.extensions();
    let mut earlier = BTreeSet::new();
    for seen in &extensions.seen {
        let oid = || super::asn1::dotted(&seen.oid);
        if seen.critical && seen.kind.is_none() {
            reasons.push(Reason::UnknownCritical { oid: oid() });
        }
        if !earlier.insert(&seen.oid) {
            reasons.push(Reason::Duplicate { oid: oid() });
        }
    }
    let unused = [Kind::AuthorityInfoAccess, Kind::SubjectInfoAccess];
    let malformed = extensions.malformed.iter().filter(|kind| !unused.contains(kind));
    reasons.extend(malformed.map(|kind| Reason::Malformed(*kind)));
    let qualifier = extensions.policies.as_ref().is_some_and(|policies| policies.unknown_qualifier);
    if qualifier && extensions.critical(Kind::Policies) == Some(true) {
        reasons.push(Reason::PolicyQualifier);
    }
}

/// Purposes nest: an issuer's extKeyUsage limits what it issues, as every verifier but the RFC has it.
fn purpose(link: &Link, question: &Question) -> Option<Reason> {
    let allowed = link.extensions().extended_key_usage.as_ref()?;
    if allowed.is_empty() {
        return Some(Reason::Malformed(Kind::ExtendedKeyUsage));
    }
    let allows = |wanted: &Vec<u8>| allowed.iter().any(|purpose| purpose == wanted || purpose == ANY_PURPOSE);
    let missing = question.purposes.iter().find(|wanted| !allows(wanted))?;
    Some(Reason::Purpose { wanted: super::asn1::dotted(missing) })
}

fn names(leaf: &Link, question: &Question) -> Option<Reason> {
    if question.names.is_empty() {
        return None;
    }
    let presented = match question.common_name {
        true => Presented::of(leaf),
        false => Presented::in_alt_names(leaf),
    };
    let missing = |wanted: &Reference| presented.matches(wanted).err().map(|not| not.reason(wanted));
    question.names.iter().find_map(missing)
}

/// Section 6.1.4 (l) and (m): certificates that are not self-issued count; the last one never does.
fn lengths(path: &[&Link], anchored: bool, question: &Question, faults: &mut Vec<Fault>) {
    let mut found = 0;
    for (depth, link) in path.iter().enumerate().skip(1) {
        let is_anchor = anchored && depth + 1 == path.len();
        let counts = !is_anchor || question.ruleset.makes(Check::AnchorAsCa);
        let allowed = link.extensions().basic_constraints.and_then(|constraints| constraints.path_len);
        if let Some(allowed) = allowed.filter(|allowed| counts && found > *allowed) {
            faults.push((depth, Reason::PathLength { allowed, found }));
        }
        if !is_anchor && !link.is_self_issued() {
            found += 1;
        }
    }
    if let Some(allowed) = question.max_depth.filter(|allowed| found > *allowed) {
        faults.push((path.len() - 1, Reason::TooDeep { allowed, found }));
    }
}

/// Section 6.1.3 (b) and (c). An anchor's own constraints count too (RFC 5937).
fn name_constraints(
    path: &[&Link],
    question: &Question,
    budget: &mut Budget,
    faults: &mut Vec<Fault>,
) -> Result<(), Exhausted> {
    let constraining = |depth: usize| {
        path.iter()
            .enumerate()
            .skip(depth + 1)
            .filter_map(|(by, link)| link.extensions().name_constraints.as_ref().map(|constraints| (by, constraints)))
    };
    for (depth, link) in path.iter().enumerate() {
        if (depth > 0 && link.is_self_issued()) || constraining(depth).next().is_none() {
            continue;
        }
        let names = ConstrainedNames::of(link, question.common_name && depth == 0);
        for (by, constraints) in constraining(depth) {
            faults.extend(names.check(constraints, by, budget)?.map(|reason| (depth, reason)));
        }
    }
    Ok(())
}

/// What the signature of one certificate says about its issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The issuer's key made it, by an algorithm that proves something.
    Good,
    /// The issuer's key did not make it.
    Bad,
    /// The issuer may have made it, and that is no proof; with the reason.
    Short(Reason),
}

/// Whether the issuer's key made the signature of `link`, by an algorithm that still proves something.
pub fn signature(link: &Link, issuer: &Link) -> Proof {
    let algorithm = link.signature_algorithm();
    let status = signature::check(issuer.public_key(), algorithm, link.tbs(), link.signature());
    match status {
        SignatureStatus::Bad => Proof::Bad,
        _ if signature::is_weak(algorithm) => Proof::Short(Reason::WeakSignature { name: signature::name(algorithm) }),
        SignatureStatus::Good => Proof::Good,
        SignatureStatus::Unchecked(obstacle) => Proof::Short(Reason::UncheckedSignature { obstacle }),
    }
}
