//! Makes a revision and lets it run: built aside, synced, read back, renamed into place, and one link swapped.
//!
//! Killed at any instant, the home has the old revision or the new one; `sweep` removes what was half built.

use crate::model::moment::Moment;
use crate::sys::files::Directory;

use super::admission::{self, Admitted};
use super::error::HomeError;
use super::home::{Home, REVISIONS, RUNNING, Writer};
use super::number::RevisionNumber;
use super::profile_files;
use super::revision::{CERTIFICATES, COMMIT, CommitRecord, link_target};
use super::staged::reset;
use super::sweep;
use super::texts::Texts;
use crate::sys::library_error;

/// Who commits, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub author: String,
    pub time: Moment,
    pub comment: String,
}

/// A commit that was made.
#[derive(Debug)]
pub struct Committed {
    pub record: CommitRecord,
    /// The revision runs, but clearing up behind it did not end; the next command that writes does it.
    pub unfinished: Option<HomeError>,
}

impl Writer<'_> {
    /// Commits, and begins new staged edits on the result.
    pub fn commit(&self, admitted: Admitted, signature: Signature) -> Result<Committed, HomeError> {
        let (record, texts) = self.run(admitted, signature)?;
        let after = reset(self.home().directory(), record.number, &texts).and_then(|()| sweep::purge_keys(self));
        Ok(Committed { record, unfinished: after.err() })
    }

    /// Commits, and leaves the staged edits as they are.
    pub fn commit_beside_staged(&self, admitted: Admitted, signature: Signature) -> Result<Committed, HomeError> {
        let (record, _) = self.run(admitted, signature)?;
        Ok(Committed { record, unfinished: sweep::purge_keys(self).err() })
    }

    fn run(&self, admitted: Admitted, signature: Signature) -> Result<(CommitRecord, Texts), HomeError> {
        let home = self.home();
        let number = admitted.parent.map_or(RevisionNumber::FIRST, RevisionNumber::next);
        let record = CommitRecord {
            number,
            time: signature.time,
            author: signature.author,
            comment: signature.comment,
            parent: admitted.parent,
            restores: admitted.restores,
            purged: admitted.purged.iter().map(ToString::to_string).collect(),
            accepted: admitted.accepted.clone(),
        };
        build(home.revisions(), &admitted, &record)?;
        if let Err(error) = swap(home, number) {
            return Err(self.undo(number, error));
        }
        home.directory().sync().map_err(|source| HomeError::Unconfirmed { number, source })?;
        Ok((record, admitted.texts))
    }

    /// The link was not swapped: the new revision must not be taken for one that ran.
    fn undo(&self, number: RevisionNumber, error: HomeError) -> HomeError {
        // When even this fails, the next writer sweeps it.
        let _ = sweep::remove_revision(self.home().revisions(), number);
        error
    }
}

/// Builds the revision under a hidden name, proves that it loads, and gives it its name.
pub(super) fn build(revisions: &Directory, admitted: &Admitted, record: &CommitRecord) -> Result<(), HomeError> {
    let hidden = format!(".{}.tmp", record.number.directory());
    revisions.remove(&hidden)?;
    let built = fill(revisions, &hidden, admitted, record);
    if let Err(error) = built.and_then(|()| Ok(revisions.rename(&hidden, &record.number.directory())?)) {
        let _ = revisions.remove(&hidden);
        return Err(error);
    }
    Ok(revisions.sync()?)
}

fn fill(revisions: &Directory, hidden: &str, admitted: &Admitted, record: &CommitRecord) -> Result<(), HomeError> {
    let directory = revisions.make(hidden)?;
    admitted.texts.create(&directory)?;
    let text = toml_edit::ser::to_string_pretty(record)
        .map_err(|_| profile_files::damaged(&directory, COMMIT, library_error::UNWRITABLE.to_owned()))?;
    directory.create(COMMIT, text.as_bytes())?;
    let certificates = directory.make(CERTIFICATES)?;
    for (name, number) in &admitted.linked {
        certificates.link(name.as_str(), &link_target(*number, name))?;
    }
    let mut written = Vec::with_capacity(admitted.put.len());
    for profile in &admitted.put {
        let inner = certificates.make(profile.name.as_str())?;
        profile_files::write(&inner, profile)?;
        // What was read back is what will be loaded after a restart.
        written.push(profile_files::read(&inner, &profile.name)?);
    }
    admission::refuse(written.iter())?;
    certificates.sync()?;
    Ok(directory.sync()?)
}

/// The moment of the commit: one rename of the link `running`.
pub(super) fn swap(home: &Home, number: RevisionNumber) -> Result<(), HomeError> {
    const NEW: &str = ".running.tmp";
    let directory = home.directory();
    directory.remove(NEW)?;
    directory.link(NEW, &format!("{REVISIONS}/{}", number.directory()))?;
    Ok(directory.rename(NEW, RUNNING)?)
}
