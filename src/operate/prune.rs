//! Old revisions go; what later ones still link to stays, as a directory that history does not show.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::profile_name::ProfileName;
use crate::sys::files::Directory;

use super::error::HomeError;
use super::home::{Home, Writer};
use super::number::RevisionNumber;
use super::revision::{CERTIFICATES, COMMIT, Revision};
use super::sweep;
use super::texts::{AUTHORITIES, CONFIGURATION};

/// What a prune would do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prune {
    /// Revisions that cannot be returned to any more.
    pub gone: Vec<RevisionNumber>,
    pub kept: Vec<RevisionNumber>,
    /// Profile versions whose keys are destroyed.
    pub destroyed: Vec<(ProfileName, RevisionNumber)>,
}

/// Keeps the newest `keep` revisions, the running one and the one that staged edits began on.
pub fn plan(home: &Home, keep: usize) -> Result<Prune, HomeError> {
    let numbers = home.numbers()?;
    let staged = home.staged()?;
    let mut protected = BTreeSet::from([staged.running().number()]);
    if !staged.is_empty() {
        protected.insert(staged.base());
    }
    protected.extend(numbers.iter().rev().take(keep));
    let (kept, gone): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|number| protected.contains(number));
    let needed = needed(home, &kept)?;
    let mut destroyed = Vec::new();
    for number in home.directories()?.into_iter().filter(|number| !kept.contains(number)) {
        let revision = Revision::open(home.revisions(), number)?;
        let own = revision.entries()?.into_iter().filter(|(_, is_here)| *is_here).map(|(name, _)| name);
        destroyed.extend(
            own.filter(|name| !needed.get(&number).is_some_and(|names| names.contains(name)))
                .map(|name| (name, number)),
        );
    }
    Ok(Prune { gone, kept, destroyed })
}

/// Profiles that kept revisions link to, by the revision that holds their files.
fn needed(home: &Home, kept: &[RevisionNumber]) -> Result<BTreeMap<RevisionNumber, BTreeSet<ProfileName>>, HomeError> {
    let mut needed: BTreeMap<RevisionNumber, BTreeSet<ProfileName>> = BTreeMap::new();
    for number in kept {
        let revision = Revision::open(home.revisions(), *number)?;
        for (name, _) in revision.entries()?.into_iter().filter(|(_, is_here)| !is_here) {
            needed.entry(revision.linked(&name)?).or_default().insert(name);
        }
    }
    Ok(needed)
}

impl Writer<'_> {
    /// Prunes; interrupted, the next prune ends it.
    pub fn prune(&self, keep: usize) -> Result<Prune, HomeError> {
        let plan = plan(self.home(), keep)?;
        let needed = needed(self.home(), &plan.kept)?;
        for number in self.home().directories()?.into_iter().filter(|number| !plan.kept.contains(number)) {
            match needed.get(&number) {
                None => sweep::remove_revision(self.home().revisions(), number)?,
                Some(names) => thin_out(&self.home().revisions().sub(&number.directory())?, names)?,
            }
        }
        Ok(plan)
    }
}

/// Leaves only the profiles that others need. The record goes first: from then on nobody returns to this revision.
fn thin_out(revision: &Directory, needed: &BTreeSet<ProfileName>) -> Result<(), HomeError> {
    revision.remove(COMMIT)?;
    revision.sync()?;
    revision.remove(CONFIGURATION)?;
    revision.remove(AUTHORITIES)?;
    let certificates = revision.sub(CERTIFICATES)?;
    for (name, _) in certificates.list()? {
        if !needed.iter().any(|needed| needed.as_str() == name) {
            certificates.remove(&name)?;
        }
    }
    certificates.sync()?;
    Ok(revision.sync()?)
}
