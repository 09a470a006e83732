//! What would be different: per profile what it was and what it becomes, per role what it presents, the authorities that are trusted,
//! and the configuration line by line.

mod lines;
mod roles;

use std::collections::HashSet;

use crate::model::certificate::Certificate;
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;

use super::error::HomeError;
use super::rebase::changed_between;
use super::revision::Revision;
use super::staged::{Change, Staged};

pub use lines::Line;
pub use roles::{Presents, RoleDifference};

/// Everything that differs between two states of the home.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    pub profiles: Vec<ProfileDifference>,
    /// Roles that present other profiles; empty where one side's configuration has mistakes.
    pub roles: Vec<RoleDifference>,
    /// Certificates that the custom list gains and loses.
    pub trusted: Vec<Certificate>,
    pub distrusted: Vec<Certificate>,
    /// Lines of `sealpost.toml` with two lines around each change; empty when nothing differs.
    pub configuration: Vec<Line>,
}

/// A profile before and after; at least one of them is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileDifference {
    pub name: ProfileName,
    /// The name that the same key and certificate had before.
    pub renamed_from: Option<ProfileName>,
    pub before: Option<ProfileSummary>,
    pub after: Option<ProfileSummary>,
    /// Its key leaves the older revisions too.
    pub purge_key: bool,
    /// The roles that present it afterwards; of one that goes, those that presented it.
    pub roles: Vec<Role>,
}

/// What a commit of the staged edits would change in what runs.
pub fn of_staged(staged: &Staged) -> Result<Difference, HomeError> {
    let running = staged.running();
    let mut profiles = Vec::new();
    for (name, change) in staged.changes() {
        let before = if running.has(name)? { Some(running.summary(name)?) } else { None };
        let (after, purge_key) = match change {
            Change::Put => (Some(staged.summary(name)?), false),
            Change::Removed { purge_key } => (None, *purge_key),
        };
        profiles.push(ProfileDifference {
            name: name.clone(),
            renamed_from: None,
            before,
            after,
            purge_key,
            roles: Vec::new(),
        });
    }
    let configuration = match staged.configuration_changed() {
        true => lines::of(&running.configuration_text()?, staged.configuration_text()),
        false => Vec::new(),
    };
    let (before, after) = (running.configuration().ok(), staged.configuration().ok());
    let (trusted, distrusted) = match staged.authorities_changed() {
        true => exchanged(&running.authorities()?, &staged.authorities()?),
        false => Default::default(),
    };
    let roles = roles::between(before.as_deref(), after.as_deref());
    let profiles = roles::with_their_roles(find_renames(profiles), before.as_deref(), after.as_deref());
    Ok(Difference { profiles, roles, trusted, distrusted, configuration })
}

/// What is different in `after`.
pub fn of_revisions(before: &Revision, after: &Revision) -> Result<Difference, HomeError> {
    let mut profiles = Vec::new();
    for name in changed_between(before, after)? {
        let of = |revision: &Revision| match revision.has(&name) {
            Ok(true) => revision.summary(&name).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        };
        profiles.push(ProfileDifference {
            before: of(before)?,
            after: of(after)?,
            renamed_from: None,
            purge_key: false,
            roles: Vec::new(),
            name,
        });
    }
    let configuration = lines::of(&before.configuration_text()?, &after.configuration_text()?);
    let (trusted, distrusted) = exchanged(&before.authorities()?, &after.authorities()?);
    let (before, after) = (before.configuration().ok(), after.configuration().ok());
    let roles = roles::between(before.as_deref(), after.as_deref());
    let profiles = roles::with_their_roles(find_renames(profiles), before.as_deref(), after.as_deref());
    Ok(Difference { profiles, roles, trusted, distrusted, configuration })
}

/// What came, and what went.
fn exchanged(before: &[Certificate], after: &[Certificate]) -> (Vec<Certificate>, Vec<Certificate>) {
    let only = |one: &[Certificate], other: &[Certificate]| -> Vec<Certificate> {
        let other: HashSet<&[u8]> = other.iter().map(Certificate::der).collect();
        one.iter().filter(|certificate| !other.contains(certificate.der())).cloned().collect()
    };
    (only(after, before), only(before, after))
}

/// A profile that went and one that came with the same key and certificate are one that was renamed.
fn find_renames(mut profiles: Vec<ProfileDifference>) -> Vec<ProfileDifference> {
    let is_same = |one: &ProfileSummary, other: &ProfileSummary| {
        one.public_key().is_some() && one.public_key() == other.public_key() && one.certificate == other.certificate
    };
    let mut index = 0;
    while index < profiles.len() {
        let partner = profiles.get(index).filter(|gone| gone.after.is_none()).and_then(|gone| {
            let before = gone.before.as_ref()?;
            profiles.iter().position(|came| {
                came.before.is_none() && came.after.as_ref().is_some_and(|after| is_same(before, after))
            })
        });
        match partner {
            Some(came) => {
                let gone = profiles.remove(index);
                let came = if came > index { came - 1 } else { came };
                if let Some(came) = profiles.get_mut(came) {
                    came.renamed_from = Some(gone.name);
                    came.before = gone.before;
                    came.purge_key = gone.purge_key;
                }
            }
            None => index += 1,
        }
    }
    profiles
}
