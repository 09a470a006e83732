//! What the engine gets of a revision: its configuration, the profiles that roles name, and the certificates that are trusted.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::deliver::gateway::{Gateway, Identity};
use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;
use crate::operate::{HomeError, Revision};
use crate::trust::peer::Anchors;

use super::authorities;

/// The engine's view of a committed revision.
pub fn of_revision(revision: &Revision) -> Result<Gateway, HomeError> {
    let profile = |name: &ProfileName| match revision.has(name)? {
        true => revision.profile(name).map(Some),
        false => Ok(None),
    };
    let configuration = revision.configuration()?;
    assemble(revision.number().into(), &configuration, &revision.authorities()?, profile)
}

/// The engine's view of a configuration, the custom list of authorities and the profiles that go with it.
pub fn assemble(
    revision: u32,
    configuration: &Configuration,
    custom: &[Certificate],
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
    let anchors = Arc::new(Anchors::new(authorities::anchors(configuration, custom)));
    let configuration = configuration.clone();
    Ok(Gateway { revision, configuration, identities, demo, anchors })
}
