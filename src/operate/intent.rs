//! What somebody wants to be different, and how it gets into the staged edits.

use std::collections::BTreeMap;

use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;
use crate::sys::files::Directory;

use super::error::HomeError;
use super::home::Writer;
use super::profile_files;
use super::revision::CERTIFICATES;
use super::staged::{PURGE, REMOVED, STAGED, Staged, place, reset};
use super::texts::{self, CONFIGURATION, CUSTOM};
use crate::model::configuration::Configuration;

/// One wish. A list of them is checked as a whole before the first is written.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "lists of intents are short, and profiles are not moved often")]
pub enum Intent {
    /// Stage a profile, new or in place of the one with its name.
    Put(Profile),
    Remove {
        name: ProfileName,
        /// Its key leaves every older revision at the commit, which then cannot be returned to.
        purge_key: bool,
    },
    Rename {
        from: ProfileName,
        to: ProfileName,
    },
    /// The whole text of `sealpost.toml`.
    Configure(String),
    /// The whole custom list of authorities as PEM; empty for none.
    TrustCustom(String),
}

impl Writer<'_> {
    /// Stages the intents in their order, or none of them when one cannot be.
    pub fn apply(&self, intents: Vec<Intent>) -> Result<Staged, HomeError> {
        let staged = self.home().staged()?;
        check(&staged, &intents)?;
        if intents.is_empty() {
            return Ok(staged);
        }
        // Edits begin on what runs now.
        if staged.is_empty() {
            reset(self.home().directory(), staged.running().number(), &staged.running().texts()?)?;
        }
        for intent in intents {
            self.apply_one(intent)?;
        }
        self.home().staged()
    }

    fn apply_one(&self, intent: Intent) -> Result<(), HomeError> {
        let directory = self.home().directory().sub(STAGED)?;
        match intent {
            Intent::Put(profile) => put(&directory.sub(CERTIFICATES)?, &profile),
            Intent::Remove { name, purge_key } => self.remove(&directory.sub(CERTIFICATES)?, &name, purge_key),
            Intent::Rename { from, to } => {
                let certificates = directory.sub(CERTIFICATES)?;
                let mut profile = self.home().staged()?.profile(&from)?;
                profile.name = to;
                put(&certificates, &profile)?;
                self.remove(&certificates, &from, false)
            }
            Intent::Configure(text) => {
                directory.replace(CONFIGURATION, text.as_bytes())?;
                Ok(directory.sync()?)
            }
            Intent::TrustCustom(text) => texts::replace_authorities(&directory, &text),
        }
    }

    fn remove(&self, certificates: &Directory, name: &ProfileName, purge_key: bool) -> Result<(), HomeError> {
        let new = format!(".{name}.tmp");
        certificates.remove(&new)?;
        if self.home().running()?.has(name)? {
            let marker = certificates.make(&new)?;
            marker.create(REMOVED, if purge_key { PURGE.as_bytes() } else { b"" })?;
            marker.sync()?;
            place(certificates, &new, name.as_str())?;
        } else {
            certificates.rename(name.as_str(), &new)?;
            certificates.remove(&new)?;
        }
        Ok(certificates.sync()?)
    }
}

fn put(certificates: &Directory, profile: &Profile) -> Result<(), HomeError> {
    let new = format!(".{}.tmp", profile.name);
    certificates.remove(&new)?;
    let written = certificates.make(&new).map_err(HomeError::from);
    let written = written.and_then(|directory| profile_files::write(&directory, profile));
    if let Err(error) = written.and_then(|()| place(certificates, &new, profile.name.as_str())) {
        let _ = certificates.remove(&new);
        return Err(error);
    }
    Ok(certificates.sync()?)
}

/// Plays the intents through by name before anything is written.
fn check(staged: &Staged, intents: &[Intent]) -> Result<(), HomeError> {
    let mut decided: BTreeMap<&ProfileName, bool> = BTreeMap::new();
    for intent in intents {
        let has = |name: &ProfileName| decided.get(name).map_or_else(|| staged.has(name), |there| Ok(*there));
        match intent {
            Intent::Put(profile) => drop(decided.insert(&profile.name, true)),
            Intent::Remove { name, .. } => {
                if !has(name)? {
                    return Err(HomeError::NoProfile(name.clone()));
                }
                decided.insert(name, false);
            }
            Intent::Rename { from, to } => {
                if !has(from)? {
                    return Err(HomeError::NoProfile(from.clone()));
                }
                if has(to)? {
                    return Err(HomeError::ProfileExists(to.clone()));
                }
                decided.insert(from, false);
                decided.insert(to, true);
            }
            Intent::Configure(text) => {
                let path = staged.running().configuration_path();
                Configuration::parse(text).map_err(|problems| HomeError::Configuration { path, problems })?;
            }
            Intent::TrustCustom(text) => drop(texts::parse_authorities(CUSTOM.into(), text)?),
        }
    }
    Ok(())
}
