//! What is edited on top of what runs: an overlay in `HOME/staged`, shared by everyone who edits this home.
//!
//! `sealpost.toml` and `authorities/custom.pem` are full copies, for hand edits; `certificates/` holds new and changed profiles only, and for a
//! removed one a directory with the file `removed`; `base` is the number of the revision that the edits began on.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::model::profile::{Profile, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::sys::files::{Directory, Entry};

use super::error::HomeError;
use super::home::Home;
use super::number::RevisionNumber;
use super::profile_files::{self, damaged};
use super::revision::CERTIFICATES;
use super::running::Running;
use super::texts::{self, CONFIGURATION, Texts};
use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;

pub(super) const STAGED: &str = "staged";
pub(super) const BASE: &str = "base";
pub(super) const REMOVED: &str = "removed";
pub(super) const PURGE: &str = "purge-key";

/// What is staged for one profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// New, or with other content.
    Put,
    /// With `purge_key` its key leaves the older revisions too.
    Removed { purge_key: bool },
}

/// The staged edits, read as what the gateway would become.
#[derive(Debug)]
pub struct Staged {
    running: Running,
    base: RevisionNumber,
    changes: BTreeMap<ProfileName, Change>,
    /// Where the changed profiles stand; `None` when nothing was ever staged.
    certificates: Option<Directory>,
    directory: Option<Directory>,
    texts: Texts,
    /// What the texts were when the edits began.
    before: Texts,
    configuration: OnceCell<Rc<Configuration>>,
}

impl Staged {
    pub(super) fn open(home: &Home) -> Result<Staged, HomeError> {
        let running = home.running()?;
        if home.directory().entry(STAGED)? != Some(Entry::Directory) {
            return Staged::nothing(running);
        }
        let directory = home.directory().sub(STAGED)?;
        let base = read_base(&directory)?;
        let certificates = match directory.entry(CERTIFICATES)? {
            None => None,
            Some(_) => Some(directory.sub(CERTIFICATES)?),
        };
        let changes = certificates.as_ref().map_or_else(|| Ok(BTreeMap::new()), read_changes)?;
        let before = texts_of(home, base, &running)?;
        let texts = Texts::read(&directory)?;
        let (directory, configuration) = (Some(directory), OnceCell::new());
        let staged = Staged { base, changes, certificates, texts, before, directory, running, configuration };
        if staged.base != staged.running.number() && staged.is_already_running()? {
            return Staged::nothing(staged.running);
        }
        Ok(staged)
    }

    fn nothing(running: Running) -> Result<Staged, HomeError> {
        let texts = running.texts()?;
        Ok(Staged {
            base: running.number(),
            changes: BTreeMap::new(),
            certificates: None,
            directory: None,
            before: texts.clone(),
            texts,
            running,
            configuration: OnceCell::new(),
        })
    }

    /// A commit that was killed after its last rename leaves edits that already run.
    fn is_already_running(&self) -> Result<bool, HomeError> {
        let running = self.running.texts()?;
        let runs = |ours: &String, before: &String, running: &String| ours == before || ours == running;
        if !runs(&self.texts.configuration, &self.before.configuration, &running.configuration)
            || !runs(&self.texts.authorities, &self.before.authorities, &running.authorities)
        {
            return Ok(false);
        }
        for (name, change) in &self.changes {
            let there = self.running.has(name)?;
            let same = match change {
                Change::Removed { .. } => !there,
                Change::Put => there && same(&self.profile(name)?, &self.running.profile(name)?),
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.texts == self.before
    }

    /// The revision that the edits began on.
    pub fn base(&self) -> RevisionNumber {
        self.base
    }

    /// The revision that ran when this was read.
    pub fn running(&self) -> &Running {
        &self.running
    }

    pub fn changes(&self) -> &BTreeMap<ProfileName, Change> {
        &self.changes
    }

    /// The profile is new or changed and not committed yet.
    pub fn is_put(&self, name: &ProfileName) -> bool {
        self.changes.get(name) == Some(&Change::Put)
    }

    /// Whether `sealpost.toml` differs from that of the base.
    pub fn configuration_changed(&self) -> bool {
        self.texts.configuration != self.before.configuration
    }

    /// Whether the custom list of authorities differs from that of the base.
    pub fn authorities_changed(&self) -> bool {
        self.texts.authorities != self.before.authorities
    }

    /// The text of the custom list of authorities, mistakes and all.
    pub fn authorities_text(&self) -> &str {
        &self.texts.authorities
    }

    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Names of all profiles, sorted; reads no profile.
    pub fn names(&self) -> Result<Vec<ProfileName>, HomeError> {
        let unchanged = self.running.names()?.into_iter().filter(|name| !self.changes.contains_key(name));
        let put = self.changes.iter().filter(|(_, change)| **change == Change::Put).map(|(name, _)| name.clone());
        let mut names: Vec<ProfileName> = unchanged.chain(put).collect();
        names.sort_unstable();
        Ok(names)
    }

    pub fn has(&self, name: &ProfileName) -> Result<bool, HomeError> {
        match self.changes.get(name) {
            Some(change) => Ok(*change == Change::Put),
            None => self.running.has(name),
        }
    }

    /// The whole profile with its key; `NoProfile` when there is none.
    pub fn profile(&self, name: &ProfileName) -> Result<Profile, HomeError> {
        match self.put_directory(name)? {
            Some(directory) => profile_files::read(&directory, name),
            None => self.running.profile(name),
        }
    }

    /// The profile without its key, which is not read.
    pub fn summary(&self, name: &ProfileName) -> Result<ProfileSummary, HomeError> {
        match self.put_directory(name)? {
            Some(directory) => profile_files::read_summary(&directory, name),
            None => self.running.summary(name),
        }
    }

    fn put_directory(&self, name: &ProfileName) -> Result<Option<Directory>, HomeError> {
        match (self.changes.get(name), &self.certificates) {
            (Some(Change::Removed { .. }), _) => Err(HomeError::NoProfile(name.clone())),
            (Some(Change::Put), Some(certificates)) => Ok(Some(certificates.sub(name.as_str())?)),
            _ => Ok(None),
        }
    }

    /// The text of `sealpost.toml`, mistakes and all.
    pub fn configuration_text(&self) -> &str {
        &self.texts.configuration
    }

    /// Where its `sealpost.toml` stands, for messages.
    pub fn configuration_path(&self) -> std::path::PathBuf {
        match &self.directory {
            Some(directory) => directory.path().join(CONFIGURATION),
            None => self.running.configuration_path(),
        }
    }

    /// Read once: a large one takes long.
    pub fn configuration(&self) -> Result<Rc<Configuration>, HomeError> {
        match &self.directory {
            Some(directory) => {
                let read = || texts::parse_configuration(directory, &self.texts.configuration);
                texts::once(&self.configuration, read)
            }
            None => self.running.configuration(),
        }
    }

    /// Where its custom list of authorities stands, for messages.
    pub fn authorities_path(&self) -> std::path::PathBuf {
        match &self.directory {
            Some(directory) => texts::authorities_path(directory),
            None => self.running.authorities_path(),
        }
    }

    /// The custom list of authorities, in the order of its file.
    pub fn authorities(&self) -> Result<Vec<Certificate>, HomeError> {
        texts::parse_authorities(self.authorities_path(), &self.texts.authorities)
    }
}

/// Whether two profiles are the same in everything that a commit keeps.
fn same(one: &Profile, other: &Profile) -> bool {
    one.summary() == other.summary()
        && one.request == other.request
        && one.intermediates == other.intermediates
        && one.root == other.root
        && one.previous == other.previous
        && one.key.pkcs8() == other.key.pkcs8()
}

/// The texts of the revision that edits began on; where it was pruned, those that run.
fn texts_of(home: &Home, base: RevisionNumber, running: &Running) -> Result<Texts, HomeError> {
    if base == running.number() {
        return running.texts();
    }
    match home.revision(base) {
        Ok(base) => base.texts(),
        Err(HomeError::NoRevision { .. }) => running.texts(),
        Err(error) => Err(error),
    }
}

fn read_base(directory: &Directory) -> Result<RevisionNumber, HomeError> {
    let bytes = directory.read(BASE, 64)?;
    let text = String::from_utf8_lossy(&bytes);
    text.trim().parse().map_err(|reason| damaged(directory, BASE, reason))
}

fn read_changes(certificates: &Directory) -> Result<BTreeMap<ProfileName, Change>, HomeError> {
    let mut changes = BTreeMap::new();
    for (name, entry) in certificates.list()? {
        // A write that is under way, or one that was interrupted.
        if name.starts_with('.') {
            continue;
        }
        let parsed: ProfileName =
            name.parse().map_err(|error| damaged(certificates, &name, format!("it is no profile: {error}")))?;
        if entry != Entry::Directory {
            return Err(damaged(certificates, &name, "it is no profile directory".to_owned()));
        }
        changes.insert(parsed, read_change(&certificates.sub(&name)?)?);
    }
    Ok(changes)
}

fn read_change(profile: &Directory) -> Result<Change, HomeError> {
    match profile.read(REMOVED, 64) {
        Ok(text) => Ok(Change::Removed { purge_key: text.trim_ascii() == PURGE.as_bytes() }),
        Err(error) if error.is_missing() => Ok(Change::Put),
        Err(error) => Err(error.into()),
    }
}

/// Makes `HOME/staged` an overlay without edits on top of revision `base`, in one step.
pub(super) fn reset(home: &Directory, base: RevisionNumber, texts: &Texts) -> Result<(), HomeError> {
    const NEW: &str = ".staged.tmp";
    home.remove(NEW)?;
    let directory = home.make(NEW)?;
    texts.create(&directory)?;
    directory.create(BASE, format!("{base}\n").as_bytes())?;
    directory.make(CERTIFICATES)?.sync()?;
    directory.sync()?;
    place(home, NEW, STAGED)?;
    Ok(home.sync()?)
}

/// Puts the finished directory `new` in place of `name`. Where the file system cannot exchange two names, the old one
/// stands aside as `.NAME.old` for a moment; `sweep` brings it back if that moment is the last.
pub(super) fn place(directory: &Directory, new: &str, name: &str) -> Result<(), HomeError> {
    if directory.entry(name)?.is_none() {
        return Ok(directory.rename(new, name)?);
    }
    if directory.exchange(name, new)? {
        directory.sync()?;
        return Ok(directory.remove(new)?);
    }
    let aside = format!(".{name}.old");
    directory.remove(&aside)?;
    directory.rename(name, &aside)?;
    directory.rename(new, name)?;
    directory.sync()?;
    Ok(directory.remove(&aside)?)
}
