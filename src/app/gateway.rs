//! What the engine gets of a revision: its configuration, the profiles that roles name, and the certificates that are trusted.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::deliver::gateway::{Gateway, Identity};
use crate::inspect::bytes;
use crate::model::configuration::Configuration;
use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;
use crate::operate::{HomeError, Revision};
use crate::sys::authorities;
use crate::trust::link::Link;
use crate::trust::peer::Anchors;

/// The engine's view of a committed revision.
pub fn of_revision(revision: &Revision) -> Result<Gateway, HomeError> {
    let profile = |name: &ProfileName| match revision.has(name)? {
        true => revision.profile(name).map(Some),
        false => Ok(None),
    };
    assemble(revision.number().into(), revision.configuration()?, profile)
}

/// The engine's view of a configuration and the profiles that go with it.
pub fn assemble(
    revision: u32,
    configuration: Configuration,
    profile: impl Fn(&ProfileName) -> Result<Option<Profile>, HomeError>,
) -> Result<Gateway, HomeError> {
    let demo = ProfileName::demo();
    let mut identities = BTreeMap::new();
    for name in configuration.roles.bound.values().flatten().chain([&demo]) {
        if identities.contains_key(name) {
            continue;
        }
        // A profile without a certificate has nothing to present: the engine's load says whose role that is.
        if let Some(profile) = profile(name)?
            && profile.certificate.is_some()
        {
            let chain = profile.chain().cloned().collect();
            identities.insert(name.clone(), Identity { key: profile.key, chain });
        }
    }
    let anchors = Arc::new(Anchors::new(anchors(&configuration)));
    Ok(Gateway { revision, configuration, identities, demo, anchors })
}

/// The enabled authority lists. What cannot be read of the system's list does not count, as for every other program on the machine.
fn anchors(configuration: &Configuration) -> Vec<Link> {
    let mut links = Vec::new();
    if configuration.authorities.system
        && let Ok(Some((path, pem))) = authorities::system_bundle()
    {
        let items = bytes::read(&path.to_string_lossy(), &pem).items;
        links.extend(items.iter().filter_map(|item| match &item.kind {
            bytes::Kind::Certificate(certificate) => Link::from_der(certificate.der().to_vec()).ok(),
            _ => None,
        }));
    }
    links
}
