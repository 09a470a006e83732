//! Why the home could not be read or changed, with the facts.

use crate::sys::library_error;
use std::path::PathBuf;

use crate::model::moment::Moment;
use crate::model::profile_name::ProfileName;
use crate::sys::files::{FileError, LockError};

use super::admission::RoleReview;
use super::number::RevisionNumber;
use crate::model::configuration::Problem;
use crate::model::role::Role;

#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    #[error("there is no home at {}", .0.display())]
    Missing(PathBuf),
    /// A directory that holds something else.
    #[error("{} is no home", path.display())]
    NotAHome { path: PathBuf, found: Vec<String> },
    #[error(transparent)]
    File(#[from] FileError),
    /// The home is locked by another writer.
    #[error("{holder} holds the lock")]
    Locked { holder: String, seconds: u64 },
    /// Becoming the home's owner did not work.
    #[error("cannot become user {uid}: {}", library_error::io(source))]
    Identity { uid: u32, source: std::io::Error },
    /// A file of the home does not say what it must.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{} has mistakes", path.display())]
    Configuration { path: PathBuf, problems: Vec<Problem> },
    #[error("there is no profile {0}")]
    NoProfile(ProfileName),
    #[error("there is a profile {0} already")]
    ProfileExists(ProfileName),
    #[error("there is no revision {wanted}")]
    NoRevision { wanted: RevisionNumber, known: Vec<RevisionNumber> },
    /// Somebody committed since the staged edits were begun.
    #[error("the staged edits are based on revision {base}")]
    Stale { base: RevisionNumber, newer: Vec<Newer>, clashes: Vec<Clash>, tried: bool },
    /// Profiles that the engine could not load or that must not run.
    #[error("{} profiles cannot be committed", .0.len())]
    Refused(Vec<Refusal>),
    /// Inspection found errors on roles that the change touches, and nobody accepted them.
    #[error("roles that the change touches have errors")]
    NotAdmitted { running: RevisionNumber, reviews: Vec<RoleReview> },
    /// The new revision runs, but the disk did not confirm it.
    #[error("revision {number} may not survive a power failure: {source}")]
    Unconfirmed { number: RevisionNumber, source: FileError },
    /// Keys that exist nowhere else and whose requests have left the home.
    #[error("clearing would destroy {} keys", .0.len())]
    KeysAwaited(Vec<(ProfileName, Moment)>),
}

/// A revision that is newer than what the staged edits are based on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    pub number: RevisionNumber,
    pub time: Moment,
    pub author: String,
    pub comment: String,
}

/// What both the staged edits and a newer revision touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    Profile(ProfileName),
    Configuration,
    /// The custom list of authorities.
    Authorities,
    /// The revision the edits began on was pruned, so that nobody can tell what they touch.
    BaseGone,
}

/// A profile that must not become part of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub profile: ProfileName,
    /// The role that would have presented it; `None` where the profile is bad by itself.
    pub role: Option<Role>,
    pub reason: RefusalReason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalReason {
    /// Short fingerprints of the certificate's and the key's public key.
    KeyMismatch { certificate: String, key: String },
    /// In the words of the TLS library.
    Unloadable(String),
    /// The role names a profile that is not there.
    NoProfile,
    /// No authority has answered its request yet.
    NoCertificate,
    /// The file with its private key is gone.
    NoKey,
    /// A server role holds one ECDSA and one RSA profile; both kinds as people write them.
    NoPair { beside: ProfileName, kinds: [String; 2] },
}

impl From<LockError> for HomeError {
    fn from(error: LockError) -> HomeError {
        match error {
            LockError::File(error) => HomeError::File(error),
            LockError::Held { holder, waited } => HomeError::Locked { holder, seconds: waited.as_secs() },
        }
    }
}
