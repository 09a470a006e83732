//! A committed revision: never edited, complete, with links to where unchanged profiles really are.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::model::moment::{self, Moment};
use crate::model::profile::{Profile, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::sys::files::{Directory, Entry};

use super::admission::Acceptance;
use super::error::HomeError;
use super::number::RevisionNumber;
use super::profile_files;
use super::texts::{self, CONFIGURATION, Texts};
use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::sys::library_error;

pub(super) const CERTIFICATES: &str = "certificates";
pub(super) const COMMIT: &str = "commit.toml";
/// Directories kept open while profiles are read; far below the usual limit of 1,024 descriptors.
const OPEN_DIRECTORIES: usize = 64;

/// Who committed what when; `commit.toml`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CommitRecord {
    pub number: RevisionNumber,
    #[serde(with = "moment::as_text")]
    pub time: Moment,
    pub author: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RevisionNumber>,
    /// The revision whose content a rollback brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restores: Option<RevisionNumber>,
    /// Profiles that were removed together with their keys in all older revisions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purged: Vec<String>,
    /// Findings that were let pass, and until when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Acceptance>,
}

/// An open revision.
#[derive(Debug)]
pub struct Revision {
    number: RevisionNumber,
    revisions: Rc<Directory>,
    directory: Directory,
    certificates: Directory,
    /// `certificates` directories of other revisions, by number.
    others: RefCell<HashMap<RevisionNumber, Rc<Directory>>>,
    configuration: OnceCell<Rc<Configuration>>,
}

impl Revision {
    pub(super) fn open(revisions: &Rc<Directory>, number: RevisionNumber) -> Result<Revision, HomeError> {
        let directory = revisions.sub(&number.directory())?;
        let certificates = directory.sub(CERTIFICATES)?;
        let (others, configuration) = (RefCell::default(), OnceCell::new());
        Ok(Revision { number, revisions: Rc::clone(revisions), directory, certificates, others, configuration })
    }

    pub fn number(&self) -> RevisionNumber {
        self.number
    }

    pub fn record(&self) -> Result<CommitRecord, HomeError> {
        read_record(&self.directory)
    }

    /// Names of all profiles, sorted; reads no profile.
    pub fn names(&self) -> Result<Vec<ProfileName>, HomeError> {
        Ok(self.entries()?.into_iter().map(|(name, _)| name).collect())
    }

    /// Every profile, and whether this revision itself holds its files.
    pub(super) fn entries(&self) -> Result<Vec<(ProfileName, bool)>, HomeError> {
        let mut found = Vec::new();
        for (name, entry) in self.certificates.list()? {
            let parsed = name.parse::<ProfileName>().map_err(|error| self.damaged(&name, error.to_string()))?;
            match entry {
                Entry::Directory => found.push((parsed, true)),
                Entry::Link => found.push((parsed, false)),
                _ => return Err(self.damaged(&name, "it is no profile directory".to_owned())),
            }
        }
        Ok(found)
    }

    pub fn has(&self, name: &ProfileName) -> Result<bool, HomeError> {
        Ok(self.certificates.entry(name.as_str())?.is_some())
    }

    /// The whole profile with its key; `NoProfile` when there is none.
    pub fn profile(&self, name: &ProfileName) -> Result<Profile, HomeError> {
        profile_files::read(&self.profile_directory(name)?, name)
    }

    /// The profile without its key, which is not read.
    pub fn summary(&self, name: &ProfileName) -> Result<ProfileSummary, HomeError> {
        profile_files::read_summary(&self.profile_directory(name)?, name)
    }

    /// The revision that holds the profile's files: where two revisions name the same, they have the same profile.
    pub(super) fn location(&self, name: &ProfileName) -> Result<Option<RevisionNumber>, HomeError> {
        match self.certificates.entry(name.as_str())? {
            None => Ok(None),
            Some(Entry::Directory) => Ok(Some(self.number)),
            Some(Entry::Link) => self.linked(name).map(Some),
            Some(_) => Err(self.damaged(name.as_str(), "it is no profile directory".to_owned())),
        }
    }

    /// Where the link for `name` leads. Only the exact form that a commit writes is followed, and only by us.
    pub(super) fn linked(&self, name: &ProfileName) -> Result<RevisionNumber, HomeError> {
        let target = self.certificates.read_link(name.as_str())?;
        parse_link(&target, name)
            .filter(|number| *number < self.number)
            .ok_or_else(|| self.damaged(name.as_str(), format!("a link to `{target}` does not belong there")))
    }

    pub(super) fn profile_directory(&self, name: &ProfileName) -> Result<Directory, HomeError> {
        match self.location(name)? {
            None => Err(HomeError::NoProfile(name.clone())),
            Some(number) if number == self.number => Ok(self.certificates.sub(name.as_str())?),
            Some(number) => Ok(self.other(number)?.sub(name.as_str())?),
        }
    }

    fn other(&self, number: RevisionNumber) -> Result<Rc<Directory>, HomeError> {
        let mut others = self.others.borrow_mut();
        if let Some(known) = others.get(&number) {
            return Ok(Rc::clone(known));
        }
        if others.len() >= OPEN_DIRECTORIES {
            others.clear();
        }
        let opened = Rc::new(self.revisions.sub(&number.directory())?.sub(CERTIFICATES)?);
        others.insert(number, Rc::clone(&opened));
        Ok(opened)
    }

    pub(super) fn texts(&self) -> Result<Texts, HomeError> {
        Texts::read(&self.directory)
    }

    /// The text of `sealpost.toml`.
    pub fn configuration_text(&self) -> Result<String, HomeError> {
        Ok(self.texts()?.configuration)
    }

    /// Where its `sealpost.toml` stands, for messages.
    pub fn configuration_path(&self) -> std::path::PathBuf {
        self.directory.path().join(CONFIGURATION)
    }

    /// Read once: a large one takes long.
    pub fn configuration(&self) -> Result<Rc<Configuration>, HomeError> {
        let read = || texts::parse_configuration(&self.directory, &self.configuration_text()?);
        texts::once(&self.configuration, read)
    }

    /// Where its custom list of authorities stands, for messages.
    pub fn authorities_path(&self) -> std::path::PathBuf {
        texts::authorities_path(&self.directory)
    }

    /// The text of its custom list of authorities; empty where there is none.
    pub fn authorities_text(&self) -> Result<String, HomeError> {
        Ok(self.texts()?.authorities)
    }

    /// The custom list of authorities, in the order of its file.
    pub fn authorities(&self) -> Result<Vec<Certificate>, HomeError> {
        texts::parse_authorities(self.authorities_path(), &self.texts()?.authorities)
    }

    fn damaged(&self, name: &str, reason: String) -> HomeError {
        profile_files::damaged(&self.certificates, name, reason)
    }
}

/// The target of the link for a profile whose files stand in revision `number`.
pub(super) fn link_target(number: RevisionNumber, name: &ProfileName) -> String {
    format!("../../{}/{CERTIFICATES}/{name}", number.directory())
}

fn parse_link(target: &str, name: &ProfileName) -> Option<RevisionNumber> {
    let (number, rest) = target.strip_prefix("../../")?.split_once('/')?;
    let linked = rest.strip_prefix(CERTIFICATES)?.strip_prefix('/')?;
    (linked == name.as_str()).then(|| RevisionNumber::from_directory(number)).flatten()
}

pub(super) fn read_record(directory: &Directory) -> Result<CommitRecord, HomeError> {
    let bytes = directory.read(COMMIT, profile_files::FILE_LIMIT)?;
    let damaged = |reason: String| profile_files::damaged(directory, COMMIT, reason);
    let text = std::str::from_utf8(&bytes).map_err(|_| damaged(library_error::NO_TEXT.to_owned()))?;
    toml_edit::de::from_str(text).map_err(|error| damaged(library_error::toml_with_line(&error, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_link_that_a_commit_writes_is_followed() {
        let name: ProfileName = "mx".parse().unwrap();
        let number = RevisionNumber::from_directory("000017").unwrap();
        assert_eq!(parse_link(&link_target(number, &name), &name), Some(number));
        for other in [
            "../../000017/certificates/other",
            "../../17/certificates/mx",
            "../../../etc/certificates/mx",
            "/etc/mx",
            "../../000017/certificates/mx/",
            "../000017/certificates/mx",
            "../../000017/../certificates/mx",
        ] {
            assert_eq!(parse_link(other, &name), None, "{other}");
        }
    }
}
