//! What roles present before and after.

use super::ProfileDifference;
use crate::model::configuration::Configuration;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;

/// A role that presents something else, that is new, or that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDifference {
    pub role: Role,
    /// `None` where there was no such role.
    pub before: Option<Presents>,
    /// `None` where there is no such role any more.
    pub after: Option<Presents>,
}

/// What a role presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presents {
    /// Empty for a client without a certificate.
    pub profiles: Vec<ProfileName>,
    /// It is Demo because nothing is bound.
    pub falls_back: bool,
}

/// Every role that is not the same in both; nothing where a configuration is missing.
pub(super) fn between(before: Option<&Configuration>, after: Option<&Configuration>) -> Vec<RoleDifference> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let (old, new) = (before.every_role(), after.every_role());
    let differences = old.union(&new).map(|role| RoleDifference {
        role: role.clone(),
        before: old.contains(role).then(|| presents(before, role)),
        after: new.contains(role).then(|| presents(after, role)),
    });
    differences.filter(|difference| difference.before != difference.after).collect()
}

fn presents(configuration: &Configuration, role: &Role) -> Presents {
    let roles = &configuration.roles;
    Presents { profiles: roles.presented(role), falls_back: roles.falls_back(role) }
}

/// Says with each profile which roles present it.
pub(super) fn with_their_roles(
    mut profiles: Vec<ProfileDifference>,
    before: Option<&Configuration>,
    after: Option<&Configuration>,
) -> Vec<ProfileDifference> {
    for profile in &mut profiles {
        let configuration = if profile.after.is_some() { after } else { before };
        profile.roles = configuration.map(|known| known.roles_presenting(&profile.name)).unwrap_or_default();
    }
    profiles
}
