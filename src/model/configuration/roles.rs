//! `[role]`: which profile each role uses.

use std::collections::BTreeMap;

use crate::model::profile_name::ProfileName;
use crate::model::role::Role;

/// Roles with their profiles. A server role may hold one ECDSA and one RSA profile; a client role holds one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles {
    pub bound: BTreeMap<Role, Vec<ProfileName>>,
}

impl Roles {
    /// What `role` presents: its own binding, else that of the wider role (`listener:NAME` for `listener:NAME/HOST`, `outbound` for
    /// `outbound:DOMAIN`); empty when it falls back to Demo, or as a client presents nothing.
    pub fn profiles(&self, role: &Role) -> &[ProfileName] {
        let wider = match role {
            Role::Listener { name, host: Some(_) } => Some(Role::Listener { name: name.clone(), host: None }),
            Role::Outbound { domain: Some(_) } => Some(Role::Outbound { domain: None }),
            _ => None,
        };
        let own = self.bound.get(role);
        own.or_else(|| wider.and_then(|wider| self.bound.get(&wider))).map_or(&[], Vec::as_slice)
    }

    /// The roles that name `profile` themselves.
    pub fn of_profile<'a>(&'a self, profile: &'a ProfileName) -> impl Iterator<Item = &'a Role> {
        self.bound.iter().filter(move |(_, profiles)| profiles.contains(profile)).map(|(role, _)| role)
    }
}
