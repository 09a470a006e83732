//! What an interrupted writer left, cleared away by the next one.

use crate::sys::files::{Directory, Entry};

use super::error::HomeError;
use super::home::Writer;
use super::number::RevisionNumber;
use super::profile_files;
use super::revision::CERTIFICATES;
use super::running::Running;
use super::staged::STAGED;
use super::texts::AUTHORITIES;

/// Removes unfinished directories, revisions that never ran, and keys whose purge did not end.
pub(super) fn sweep(writer: &Writer<'_>) -> Result<(), HomeError> {
    let home = writer.home();
    sweep_directory(home.directory())?;
    if home.directory().entry(STAGED)? == Some(Entry::Directory) {
        let staged = home.directory().sub(STAGED)?;
        sweep_directory(&staged)?;
        for inner in [CERTIFICATES, AUTHORITIES] {
            if staged.entry(inner)? == Some(Entry::Directory) {
                sweep_directory(&staged.sub(inner)?)?;
            }
        }
    }
    sweep_directory(home.revisions())?;
    let running = Running::number_of(home)?;
    for number in home.directories()?.into_iter().filter(|number| *number > running) {
        remove_revision(home.revisions(), number)?;
    }
    purge_keys(writer)
}

/// Hides the revision with one rename before its files go.
pub(super) fn remove_revision(revisions: &Directory, number: RevisionNumber) -> Result<(), HomeError> {
    let leaving = format!(".{}.tmp", number.directory());
    revisions.remove(&leaving)?;
    revisions.rename(&number.directory(), &leaving)?;
    revisions.sync()?;
    Ok(revisions.remove(&leaving)?)
}

/// `.NAME.tmp` was being written; `.NAME.old` was standing aside for it.
fn sweep_directory(directory: &Directory) -> Result<(), HomeError> {
    for (name, _) in directory.list()? {
        let Some(hidden) = name.strip_prefix('.') else { continue };
        if hidden.ends_with(".tmp") {
            directory.remove(&name)?;
        } else if let Some(original) = hidden.strip_suffix(".old") {
            match directory.entry(original)? {
                None => directory.rename(&name, original)?,
                Some(_) => directory.remove(&name)?,
            }
        }
    }
    Ok(())
}

/// Takes the keys that the running revision's commit purged out of every older revision.
pub(super) fn purge_keys(writer: &Writer<'_>) -> Result<(), HomeError> {
    let home = writer.home();
    let purged = match home.running()?.record() {
        Ok(record) => record.purged,
        // A rollback must stay possible; whoever reads the record says that it is damaged.
        Err(HomeError::Damaged { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    if purged.is_empty() {
        return Ok(());
    }
    for number in home.directories()? {
        let certificates = home.revisions().sub(&number.directory())?.sub(CERTIFICATES)?;
        for name in &purged {
            if certificates.entry(name)? == Some(Entry::Directory) {
                profile_files::purge_key(&certificates.sub(name)?)?;
            }
        }
    }
    Ok(())
}
