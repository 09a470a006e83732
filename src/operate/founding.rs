//! A new home: directories, first configuration, Demo profile, revision 1. Never over anything that is there.

use std::path::Path;

use crate::model::host_name::HostName;
use crate::sys::files::{Directory, Entry};

use super::admission::admit_first;
use super::commit::{Signature, build, swap};
use super::demo::{DemoError, demo};
use super::error::HomeError;
use super::home::{self, Home, REVISIONS, RUNNING};
use super::number::RevisionNumber;
use super::profile_files::damaged;
use super::revision::{CommitRecord, Revision};
use super::staged::{STAGED, reset};
use crate::model::configuration::Configuration;

/// What `found` came to.
#[derive(Debug)]
pub enum Founded {
    New(Home),
    /// It was there already; nothing was changed.
    Already(Home),
}

#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Demo(#[from] DemoError),
}

/// Makes a home at `path`. One that was interrupted is finished by the next call; only the link `running`, made last,
/// makes it a home.
pub fn found(path: &Path, hostname: &HostName, signature: &Signature) -> Result<Founded, FoundingError> {
    let directory = Directory::make_path(path).map_err(HomeError::from)?;
    refuse_foreign(&directory)?;
    if directory.entry(RUNNING).map_err(HomeError::from)?.is_some() {
        return Ok(Founded::Already(Home::from_directory(directory)?));
    }
    let lock = home::lock(&directory)?;
    if directory.entry(REVISIONS).map_err(HomeError::from)?.is_none() {
        directory.make(REVISIONS).map_err(HomeError::from)?;
    }
    let home = Home::from_directory(directory)?;
    // Another `init` may have been first to the lock.
    if home.directory().entry(RUNNING).map_err(HomeError::from)?.is_some() {
        return Ok(Founded::Already(home));
    }
    finish(&home, hostname, signature)?;
    drop(lock);
    Ok(Founded::New(home))
}

fn finish(home: &Home, hostname: &HostName, signature: &Signature) -> Result<(), FoundingError> {
    match home.directories()?.as_slice() {
        [] => {
            let admitted = admit_first(Configuration::first(hostname), demo(hostname, signature.time)?)?;
            build(home.revisions(), &admitted, &first_record(signature))?;
        }
        // Complete but for the link.
        [RevisionNumber::FIRST] if home.numbers()? == [RevisionNumber::FIRST] => {}
        [.., newest] => {
            let reason = format!("the link is missing; the newest revision is {REVISIONS}/{}", newest.directory());
            return Err(damaged(home.directory(), RUNNING, reason).into());
        }
    }
    let first = Revision::open(home.revisions(), RevisionNumber::FIRST)?;
    reset(home.directory(), first.number(), &first.texts()?)?;
    swap(home, first.number())?;
    home.directory().sync().map_err(HomeError::from)?;
    Ok(())
}

fn first_record(signature: &Signature) -> CommitRecord {
    CommitRecord {
        number: RevisionNumber::FIRST,
        time: signature.time,
        author: signature.author.clone(),
        comment: signature.comment.clone(),
        parent: None,
        restores: None,
        purged: Vec::new(),
        accepted: Vec::new(),
    }
}

/// A directory that holds anything which no `init` makes is somebody else's.
fn refuse_foreign(directory: &Directory) -> Result<(), HomeError> {
    const OURS: [&str; 6] = [REVISIONS, RUNNING, STAGED, "lock", ".staged.tmp", ".running.tmp"];
    let entries = directory.list()?;
    if entries.iter().any(|(name, _)| name == RUNNING) && directory.entry(REVISIONS)? == Some(Entry::Directory) {
        return Ok(());
    }
    let foreign: Vec<String> =
        entries.into_iter().map(|(name, _)| name).filter(|name| !OURS.contains(&name.as_str())).take(5).collect();
    match foreign.as_slice() {
        [] => Ok(()),
        _ => Err(HomeError::NotAHome { path: directory.path().to_owned(), found: foreign }),
    }
}
