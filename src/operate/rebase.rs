//! Staged edits that began on an older revision: whether they still fit on what runs now.

use std::collections::BTreeSet;

use crate::model::profile_name::ProfileName;

use super::error::{Clash, HomeError, Newer};
use super::home::Home;
use super::revision::Revision;
use super::staged::Staged;
use super::texts::Texts;

/// The texts of the next revision.
///
/// `Stale` when something was committed since the edits began, unless `rebase` is set and both sides touch different
/// profiles and at most one of them each text.
pub(super) fn texts(home: &Home, staged: &Staged, rebase: bool) -> Result<Texts, HomeError> {
    let running = staged.running();
    if staged.base() == running.number() {
        return Ok(staged.texts().clone());
    }
    let base = match home.revision(staged.base()) {
        Ok(base) => base,
        Err(HomeError::NoRevision { .. }) => return Err(stale(home, staged, vec![Clash::BaseGone], rebase)?),
        Err(error) => return Err(error),
    };
    let mut clashes: Vec<Clash> = changed_between(&base, running)?
        .into_iter()
        .filter(|name| staged.changes().contains_key(name))
        .map(Clash::Profile)
        .collect();
    let (ours, old, new) = (staged.texts(), base.texts()?, running.texts()?);
    let mut merged = |ours: &String, old: String, new: String, clash| match ours {
        ours if *ours == old => new,
        ours if old == new || *ours == new => ours.clone(),
        ours => {
            clashes.push(clash);
            ours.clone()
        }
    };
    let texts = Texts {
        configuration: merged(&ours.configuration, old.configuration, new.configuration, Clash::Configuration),
        authorities: merged(&ours.authorities, old.authorities, new.authorities, Clash::Authorities),
    };
    if !rebase || !clashes.is_empty() {
        return Err(stale(home, staged, clashes, rebase)?);
    }
    Ok(texts)
}

/// Profiles that are not the same files in both revisions.
pub(super) fn changed_between(one: &Revision, other: &Revision) -> Result<BTreeSet<ProfileName>, HomeError> {
    let mut names: BTreeSet<ProfileName> = one.names()?.into_iter().collect();
    names.extend(other.names()?);
    let mut changed = BTreeSet::new();
    for name in names {
        if one.location(&name)? != other.location(&name)? {
            changed.insert(name);
        }
    }
    Ok(changed)
}

fn stale(home: &Home, staged: &Staged, clashes: Vec<Clash>, tried: bool) -> Result<HomeError, HomeError> {
    let newer = home.history()?.into_iter().filter(|record| record.number > staged.base()).map(|record| Newer {
        number: record.number,
        time: record.time,
        author: record.author,
        comment: record.comment,
    });
    Ok(HomeError::Stale { base: staged.base(), newer: newer.collect(), clashes, tried })
}
