//! Which roles a change touches: another profile, other files of the same one, or another host name or domains to answer for.

use std::collections::BTreeSet;

use crate::model::configuration::Configuration;
use crate::model::role::Role;

use super::candidate::{Candidate, Location};
use crate::operate::error::HomeError;
use crate::operate::revision::Revision;

pub(super) struct Touched(BTreeSet<Role>);

impl Touched {
    pub fn has(&self, role: &Role) -> bool {
        self.0.contains(role)
    }

    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.0.iter()
    }
}

/// Compares with what runs. Where that cannot be read, everything is new.
pub(super) fn roles(candidate: &Candidate<'_>, running: &Revision) -> Result<Touched, HomeError> {
    let after = &candidate.configuration;
    let Ok(before) = running.configuration() else { return Ok(Touched(after.every_role())) };
    let known = before.every_role();
    let mut touched = BTreeSet::new();
    for role in after.every_role() {
        let is_same = known.contains(&role)
            && surroundings(&before, &role) == surroundings(after, &role)
            && presents_the_same(candidate, &before, running, &role)?;
        if !is_same {
            touched.insert(role);
        }
    }
    Ok(Touched(touched))
}

fn presents_the_same(
    candidate: &Candidate<'_>,
    before: &Configuration,
    running: &Revision,
    role: &Role,
) -> Result<bool, HomeError> {
    let names = candidate.configuration.roles.presented(role);
    if names != before.roles.presented(role) {
        return Ok(false);
    }
    for name in names {
        let location = running.location(&name)?.map_or(Location::Nowhere, Location::In);
        if location != candidate.location(&name) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the certificate of a role is held against.
fn surroundings(configuration: &Configuration, role: &Role) -> (Option<String>, Vec<String>) {
    let domains = match role {
        Role::Listener { name, host: None } => configuration.listener(name).map(|listener| &listener.domains),
        _ => None,
    };
    let domains = domains.into_iter().flatten().map(ToString::to_string).collect();
    (configuration.hostname_for(role).ok(), domains)
}
