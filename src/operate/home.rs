//! The home: one directory with everything in it. Readers take no lock; writers take one, as the home's owner.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use crate::sys::files::{Directory, Entry, Lock};
use crate::sys::identity;

use super::error::HomeError;
use super::number::RevisionNumber;
use super::revision::{COMMIT, CommitRecord, Revision, read_record};
use super::running::Running;
use super::staged::Staged;

pub(super) const REVISIONS: &str = "revisions";
pub(super) const RUNNING: &str = "running";
const LOCK: &str = "lock";
/// Long enough for another command to finish, short enough for a person to wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open home.
#[derive(Debug)]
pub struct Home {
    directory: Directory,
    revisions: Rc<Directory>,
}

impl Home {
    /// Opens the home that `init` made at `path`.
    pub fn open(path: &Path) -> Result<Home, HomeError> {
        let directory = Directory::open(path).map_err(|error| match error {
            error if error.is_missing() => HomeError::Missing(path.to_owned()),
            other => HomeError::File(other),
        })?;
        if directory.entry(REVISIONS)? != Some(Entry::Directory) || directory.entry(RUNNING)?.is_none() {
            let found: Vec<String> = directory.list()?.into_iter().map(|(name, _)| name).take(5).collect();
            return Err(HomeError::NotAHome { path: path.to_owned(), found });
        }
        Home::from_directory(directory)
    }

    pub(super) fn from_directory(directory: Directory) -> Result<Home, HomeError> {
        let revisions = Rc::new(directory.sub(REVISIONS)?);
        Ok(Home { directory, revisions })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(super) fn revisions(&self) -> &Rc<Directory> {
        &self.revisions
    }

    /// What runs; the link is read once.
    pub fn running(&self) -> Result<Running, HomeError> {
        Running::open(self)
    }

    /// What is edited on top of what runs.
    pub fn staged(&self) -> Result<Staged, HomeError> {
        Staged::open(self)
    }

    /// A revision that can be returned to.
    pub fn revision(&self, number: RevisionNumber) -> Result<Revision, HomeError> {
        match self.revisions.sub(&number.directory()) {
            Ok(directory) if directory.entry(COMMIT)?.is_some() => Revision::open(&self.revisions, number),
            Err(error) if !error.is_missing() => Err(error.into()),
            _ => Err(HomeError::NoRevision { wanted: number, known: self.numbers()? }),
        }
    }

    /// The numbers of all revisions that can be returned to, oldest first.
    pub fn numbers(&self) -> Result<Vec<RevisionNumber>, HomeError> {
        let mut found = Vec::new();
        for number in self.directories()? {
            if self.revisions.sub(&number.directory())?.entry(COMMIT)?.is_some() {
                found.push(number);
            }
        }
        Ok(found)
    }

    /// The records of all revisions, oldest first.
    pub fn history(&self) -> Result<Vec<CommitRecord>, HomeError> {
        let open = |number: RevisionNumber| read_record(&self.revisions.sub(&number.directory())?);
        self.numbers()?.into_iter().map(open).collect()
    }

    /// Every revision directory, those that only lend profiles to later ones included; lowest number first.
    pub(super) fn directories(&self) -> Result<Vec<RevisionNumber>, HomeError> {
        let names = self.revisions.list()?.into_iter();
        let mut numbers: Vec<RevisionNumber> = names
            .filter(|(_, entry)| *entry == Entry::Directory)
            .filter_map(|(name, _)| RevisionNumber::from_directory(&name))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Becomes the owner of the home, for good, when running as root; before any other thread is started.
    pub fn become_owner(&self) -> Result<(), HomeError> {
        become_owner(&self.directory)
    }

    /// The number of the user that owns the home.
    pub fn owner(&self) -> Result<u32, HomeError> {
        Ok(self.directory.owner()?.0)
    }

    /// Takes the lock and clears away what an interrupted writer left.
    pub fn write(&self) -> Result<Writer<'_>, HomeError> {
        let lock = lock(&self.directory)?;
        let writer = Writer { home: self, _lock: lock };
        super::sweep::sweep(&writer)?;
        Ok(writer)
    }
}

/// Becomes the owner of the home and takes its lock.
pub(super) fn lock(directory: &Directory) -> Result<Lock, HomeError> {
    become_owner(directory)?;
    Ok(Lock::take(directory, LOCK, PATIENCE)?)
}

fn become_owner(directory: &Directory) -> Result<(), HomeError> {
    let (uid, gid) = directory.owner()?;
    identity::become_owner(uid, gid).map_err(|source| HomeError::Identity { uid, source })
}

/// A home with its lock held: the only way to change it.
#[derive(Debug)]
pub struct Writer<'a> {
    home: &'a Home,
    _lock: Lock,
}

impl<'a> Writer<'a> {
    pub fn home(&self) -> &'a Home {
        self.home
    }
}
