//! `chain/unfit-root`

use crate::inspect::bundle::Bundle;
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::inspect::ruleset::Use;
use crate::inspect::sheet::{CLIENT_AUTH, SERVER_AUTH, usage};
use crate::model::diagnostic::Severity;
use crate::trust::dotted;
use crate::trust::link::Link;
use crate::trust::reason::Reason;
use crate::trust::ruleset::Check as Profile;
use crate::trust::verdict::Path;

use super::path;

pub const RULE: Rule = Rule {
    id: "chain/unfit-root",
    severity: Severity::Error,
    decides: true,
    summary: "a trust anchor whose own certificate forbids what it is used for",
    why: "RFC 5280 takes a trust anchor for a name and a key, and `sealpost verify --ruleset rfc5280` does the same. OpenSSL, GnuTLS \
          and Go read its certificate too, and refuse the chain where it is no authority, may not sign certificates, has too many \
          authorities below it or a critical extension they do not know. Its extended key usage, a missing basicConstraints and a \
          required policy count for some of them only: that is a warning.",
    mend: "Get a chain to another root; with your own authority, make a root with `basicConstraints = critical, CA:TRUE` and \
           `keyUsage = critical, keyCertSign, cRLSign`, and without limits.",
    source: "RFC 5280 4.2, 4.2.1.3, 4.2.1.9, 6.1.1 (d)",
    fixable: false,
    check: Check::Bundle(check),
};

/// What is wrong with an anchor, and whether OpenSSL and GnuTLS both refuse it.
type Limit = (String, bool);

fn check(bundle: &Bundle<'_>, question: &Question) -> Outcome {
    let Some(best) = path::best(bundle) else { return path::unless_judged(bundle) };
    let holding = path::holding(bundle);
    let paths = if holding.is_empty() { vec![best] } else { holding };
    let mut judged = paths.into_iter().map(|path| (path, limits(path, bundle, question)));
    // A verifier that finds one path that suits it is content.
    let Some((path, limits)) = judged.by_ref().next() else { return Outcome::Passed };
    if limits.is_empty() || judged.any(|(_, limits)| limits.is_empty()) {
        return Outcome::Passed;
    }
    let (Some(leaf), Some(anchor)) = (bundle.leaf(), path.links.last()) else { return Outcome::NotApplicable };
    let (by_both, others): (Vec<Limit>, Vec<Limit>) = limits.into_iter().partition(|(_, by_both)| *by_both);
    let said = [(by_both, Severity::Error), (others, Severity::Warning)].into_iter();
    let said = said.filter(|(limits, _)| !limits.is_empty()).map(|(limits, severity)| {
        let message = format!("the trust anchor {} forbids the chain below it", path::name(anchor));
        let said = Said::new(message).about(path::member(bundle, anchor).unwrap_or(leaf).index);
        let said = limits.into_iter().fold(said, |said, (limit, _)| said.fact(limit));
        if severity == Severity::Error { said } else { said.at_most(severity) }
    });
    Outcome::of(said.collect())
}

/// Nothing where the ruleset has judged the anchor already.
fn limits(path: &Path, bundle: &Bundle<'_>, question: &Question) -> Vec<Limit> {
    let (Some(anchor), depth) = (path.links.last(), path.links.len() - 1) else { return Vec::new() };
    if !path.anchored || depth == 0 || path.faults.iter().any(|(at, reason)| *at == depth && is_judged(reason)) {
        return Vec::new();
    }
    let mut limits: Vec<Limit> = as_authority(anchor).into_iter().collect();
    // In the file, other rules tell the rest of what its certificate says.
    if path::member(bundle, anchor).is_none() {
        limits.extend(alone(anchor));
    }
    let extensions = anchor.extensions();
    let below = path.links.get(1..depth).unwrap_or_default();
    let found = below.iter().filter(|link| !link.is_self_issued()).count();
    let allowed = extensions.basic_constraints.and_then(|constraints| constraints.path_len);
    if let Some(allowed) = allowed.filter(|allowed| found > *allowed as usize) {
        limits.push((
            format!("path length allowed: {allowed}; authorities below it that are not self-issued: {found}"),
            true,
        ));
    }
    let (name, wanted) = match question.ruleset.side {
        Use::Server => ("serverAuth", SERVER_AUTH),
        Use::Client => ("clientAuth", CLIENT_AUTH),
    };
    if extensions.extended_key_usage.as_ref().is_some_and(|list| !list.iter().any(|purpose| purpose == wanted)) {
        limits.push((format!("its extended key usage lacks {name}: OpenSSL and Go refuse the chain"), false));
    }
    let requires = extensions.policy_constraints.and_then(|constraints| constraints.require_explicit);
    let lacks_policies = || path.links.iter().take(depth).any(|link| link.extensions().policies.is_none());
    if requires.is_some_and(|after| (after as usize) < depth) && lacks_policies() {
        limits.push(("it requires a policy, and the chain has none: GnuTLS and Go refuse the chain".into(), false));
    }
    limits
}

/// The ruleset reads anchors like other authorities, and another rule tells what came of it.
fn is_judged(reason: &Reason) -> bool {
    matches!(reason, Reason::Profile(Profile::AnchorAsCa) | Reason::PathLength { .. })
}

fn as_authority(anchor: &Link) -> Option<Limit> {
    match (anchor.extensions().basic_constraints, anchor.version()) {
        (Some(constraints), _) => {
            (!constraints.ca).then(|| ("its basicConstraints says that it is no authority".into(), true))
        }
        (None, 3) => {
            let who = if anchor.extensions().key_usage.is_some() { "Go refuses" } else { "OpenSSL and Go refuse" };
            Some((format!("it has no basicConstraints: {who} the chain"), false))
        }
        (None, _) => None,
    }
}

fn alone(anchor: &Link) -> Vec<Limit> {
    let extensions = anchor.extensions();
    let mut limits = Vec::new();
    if extensions.key_usage.is_some_and(|bits| bits & usage::KEY_CERT_SIGN == 0) {
        limits.push(("its key usage leaves out keyCertSign".into(), true));
    }
    let unknown = extensions.seen.iter().find(|seen| seen.critical && seen.kind.is_none());
    limits.extend(unknown.map(|seen| (format!("its critical extension {} is not known", dotted(&seen.oid)), true)));
    limits
}
