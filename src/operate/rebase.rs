//! Staged edits that began on an older revision: whether they still fit on what runs now.

use std::collections::BTreeSet;

use crate::model::profile_name::ProfileName;

use super::error::{Clash, HomeError, Newer};
use super::home::Home;
use super::revision::Revision;
use super::staged::Staged;

/// The text of `sealpost.toml` for the next revision.
///
/// `Stale` when something was committed since the edits began, unless `rebase` is set and both sides touch different
/// profiles and at most one of them the configuration.
pub(super) fn configuration(home: &Home, staged: &Staged, rebase: bool) -> Result<String, HomeError> {
    let running = staged.running();
    if staged.base() == running.number() {
        return Ok(staged.configuration_text().to_owned());
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
    let (old, new) = (base.configuration_text()?, running.configuration_text()?);
    let text = match staged.configuration_text() {
        ours if ours == old => new,
        ours if old == new || ours == new => ours.to_owned(),
        ours => {
            clashes.push(Clash::Configuration);
            ours.to_owned()
        }
    };
    if !rebase || !clashes.is_empty() {
        return Err(stale(home, staged, clashes, rebase)?);
    }
    Ok(text)
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
