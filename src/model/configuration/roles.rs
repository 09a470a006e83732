//! `[role]`: which profile each role uses.

use std::collections::BTreeMap;

use toml_edit::Table;

use super::domain::{DomainKey, host_name};
use super::key::{Key, Kind};
use super::problem::Mistake;
use super::reader::{Reader, excerpt};
use super::section::Section;
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
        let own = self.bound.get(role);
        own.or_else(|| role.wider().and_then(|wider| self.bound.get(&wider))).map_or(&[], Vec::as_slice)
    }

    /// The roles that name `profile` themselves.
    pub fn of_profile<'a>(&'a self, profile: &'a ProfileName) -> impl Iterator<Item = &'a Role> {
        self.bound.iter().filter(move |(_, profiles)| profiles.contains(profile)).map(|(role, _)| role)
    }
}

/// What stands under each role.
const PROFILE: Key = Key::new("profile", Kind::OneOrMore("the name of a profile"), "profiles that the role presents");

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> Roles {
    let Some(table) = reader.table(root, &[], "role") else { return Roles::default() };
    let mut bound = BTreeMap::new();
    for (name, item) in table.iter() {
        let role = role_of(reader, name);
        let profiles = Section::new(reader, table, &["role"]).list_at(item, &PROFILE, profile);
        let mistake = match (&role, profiles.as_deref()) {
            (Err(mistake), _) => Some(mistake.clone()),
            (Ok(role), _) if bound.contains_key(role) => Some(Mistake::new(format!("`{role}` is bound already"))),
            (Ok(role), Some(profiles)) => too_many(role, profiles),
            (Ok(_), None) => None,
        };
        match (mistake, role) {
            (Some(mistake), _) => {
                let span = table.key(name).and_then(toml_edit::Key::span);
                reader.report(span, &["role"], mistake);
            }
            (None, Ok(role)) => drop(bound.insert(role, profiles.unwrap_or_default())),
            (None, Err(_)) => {}
        }
    }
    Roles { bound }
}

/// A server may hold one ECDSA and one RSA profile; a client shows one.
fn too_many(role: &Role, profiles: &[ProfileName]) -> Option<Mistake> {
    let most = if role.is_server() { 2 } else { 1 };
    match profiles.len() {
        0 => Some(Mistake::new(format!("`{role}` is bound to no profile; leave the line out instead"))),
        count if count > most => Some(Mistake::new(match role.is_server() {
            true => format!("`{role}` holds at most one ECDSA and one RSA profile, not {count}"),
            false => format!("`{role}` is a client and shows one profile, not {count}"),
        })),
        _ => None,
    }
}

/// The role with its names as the file has them, and its domains normalised.
fn role_of(reader: &Reader<'_>, text: &str) -> Result<Role, Mistake> {
    let role: Role =
        text.parse().map_err(|error: crate::model::role::RoleError| Mistake::new(excerpt(&error.to_string())))?;
    Ok(match role {
        Role::Listener { name, host } => {
            reader.look_up("listener", &name)?;
            Role::Listener { name, host: host.as_deref().map(host_name).transpose()?.map(|host| host.to_string()) }
        }
        Role::Outbound { domain: Some(domain) } => {
            Role::Outbound { domain: Some(domain.parse::<DomainKey>()?.to_string()) }
        }
        Role::Https { interface } => {
            reader.look_up("interface", &interface)?;
            Role::Https { interface }
        }
        Role::Service { name } => {
            reader.look_up("service", &name)?;
            Role::Service { name }
        }
        other => other,
    })
}

fn profile(text: &str) -> Result<ProfileName, Mistake> {
    text.parse().map_err(|error| Mistake::new(format!("`{}` is no profile: {error}", excerpt(text))))
}
