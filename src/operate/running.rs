//! What runs: the revision that the link `running` names at the moment it is read.

use std::ops::Deref;

use super::error::HomeError;
use super::home::{Home, REVISIONS, RUNNING};
use super::number::RevisionNumber;
use super::profile_files::damaged;
use super::revision::Revision;

/// The running revision, resolved once: a commit meanwhile does not change it.
#[derive(Debug)]
pub struct Running(Revision);

impl Running {
    pub(super) fn open(home: &Home) -> Result<Running, HomeError> {
        Ok(Running(Revision::open(home.revisions(), Running::number_of(home)?)?))
    }

    /// The number that the link names now.
    pub(super) fn number_of(home: &Home) -> Result<RevisionNumber, HomeError> {
        let target = home.directory().read_link(RUNNING)?;
        let number = target.strip_prefix(REVISIONS).and_then(|rest| rest.strip_prefix('/'));
        number
            .and_then(RevisionNumber::from_directory)
            .ok_or_else(|| damaged(home.directory(), RUNNING, format!("a link to `{target}` does not belong there")))
    }
}

impl Deref for Running {
    type Target = Revision;

    fn deref(&self) -> &Revision {
        &self.0
    }
}
