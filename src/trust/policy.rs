//! Certificate policies (RFC 5280 section 6.1), for a caller to whom any policy is good: what counts is whether one holds for
//! the whole path where some certificate requires it.

use std::collections::BTreeSet;

use super::budget::{Budget, Exhausted};
use super::extensions::ANY_POLICY;
use super::link::Link;

/// The policies that are valid down to the current certificate. The tree of the RFC, without what only matters to a caller
/// who wants certain policies.
#[derive(Debug, Clone)]
enum Valid {
    /// anyPolicy is among them.
    Any,
    These(BTreeSet<Vec<u8>>),
}

/// Whether the path (leaf first, without the anchor) has a valid policy wherever one is required. `Err` with the depth of the
/// certificate at which the last one was lost.
pub fn check(path: &[&Link], budget: &mut Budget) -> Result<Result<(), usize>, Exhausted> {
    let requires = |link: &&Link| link.extensions().policy_constraints.is_some_and(|c| c.require_explicit.is_some());
    if !path.iter().any(requires) {
        return Ok(Ok(()));
    }
    for link in path {
        let policies = link.extensions().policies.as_ref().map_or(0, |policies| policies.ids.len());
        budget.spend(Exhausted::Steps, (policies + link.extensions().policy_mappings.len()) / 16)?;
    }
    Ok(process(path))
}

fn process(path: &[&Link]) -> Result<(), usize> {
    let length = path.len() as u32;
    let (mut explicit, mut mapping, mut any) = (length + 1, length + 1, length + 1);
    let mut valid = Valid::Any;
    for (depth, link) in path.iter().enumerate().rev() {
        let free = link.is_self_issued() && depth != 0;
        valid = below(valid, link, any > 0 || free);
        let none_left = matches!(&valid, Valid::These(set) if set.is_empty());
        if explicit == 0 && none_left {
            return Err(depth);
        }
        if depth == 0 {
            let required = link.extensions().policy_constraints.and_then(|constraints| constraints.require_explicit);
            let required = explicit <= 1 || required == Some(0);
            return if required && none_left { Err(0) } else { Ok(()) };
        }
        if link
            .extensions()
            .policy_mappings
            .iter()
            .any(|(issuer, subject)| issuer == ANY_POLICY || subject == ANY_POLICY)
        {
            return Err(depth);
        }
        valid = mapped(valid, link, mapping > 0);
        if !link.is_self_issued() {
            (explicit, mapping, any) = (explicit.saturating_sub(1), mapping.saturating_sub(1), any.saturating_sub(1));
        }
        let constraints = link.extensions().policy_constraints.unwrap_or_default();
        explicit = explicit.min(constraints.require_explicit.unwrap_or(u32::MAX));
        mapping = mapping.min(constraints.inhibit_mapping.unwrap_or(u32::MAX));
        any = any.min(link.extensions().inhibit_any_policy.unwrap_or(u32::MAX));
    }
    Ok(())
}

/// Section 6.1.3 (d) and (e).
fn below(valid: Valid, link: &Link, any_counts: bool) -> Valid {
    let Some(policies) = &link.extensions().policies else { return Valid::These(BTreeSet::new()) };
    let has_any = any_counts && policies.ids.iter().any(|id| id == ANY_POLICY);
    let listed = policies.ids.iter().filter(|id| *id != ANY_POLICY);
    match valid {
        valid if has_any => valid,
        Valid::Any => Valid::These(listed.cloned().collect()),
        Valid::These(set) => Valid::These(listed.filter(|id| set.contains(*id)).cloned().collect()),
    }
}

/// Section 6.1.4 (b).
fn mapped(valid: Valid, link: &Link, allowed: bool) -> Valid {
    let Valid::These(mut set) = valid else { return valid };
    let mappings = &link.extensions().policy_mappings;
    let from: BTreeSet<&Vec<u8>> =
        mappings.iter().map(|(issuer, _)| issuer).filter(|issuer| set.contains(*issuer)).collect();
    let to: Vec<Vec<u8>> = mappings
        .iter()
        .filter(|(issuer, _)| allowed && from.contains(issuer))
        .map(|(_, subject)| subject.clone())
        .collect();
    set.retain(|policy| !from.contains(policy));
    set.extend(to);
    Valid::These(set)
}
