//! The revisions that can be returned to.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::moment;
use crate::operate::{Acceptance, CommitRecord, RevisionNumber};

use super::context::Context;
use super::home;

/// All revisions, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct History {
    pub revisions: Vec<Entry>,
}

/// One revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Entry {
    pub number: RevisionNumber,
    pub running: bool,
    /// RFC 3339.
    pub time: String,
    pub author: String,
    pub comment: String,
    /// The revision that ran before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<RevisionNumber>,
    /// The revision whose content it brought back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<RevisionNumber>,
    /// Profiles whose keys were destroyed in all older revisions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purged: Vec<String>,
    /// Findings that were let pass with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
}

/// A rule whose findings were let pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    pub rule: String,
    pub reason: String,
    /// The last day on which it counts, such as `2027-01-31`; absent where it counts until the finding is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The roles that had the finding.
    pub roles: Vec<String>,
    /// The revision that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<RevisionNumber>,
}

impl From<Acceptance> for Accepted {
    fn from(acceptance: Acceptance) -> Accepted {
        let Acceptance { rule, reason, until, roles, since } = acceptance;
        Accepted { rule, reason, until, roles: roles.into_iter().collect(), since }
    }
}

impl Entry {
    pub fn new(record: CommitRecord, running: RevisionNumber) -> Entry {
        Entry {
            running: record.number == running,
            number: record.number,
            time: moment::rfc3339(record.time),
            author: record.author,
            comment: record.comment,
            parent: record.parent,
            restores: record.restores,
            purged: record.purged,
            accepted: record.accepted.into_iter().map(Accepted::from).collect(),
        }
    }
}

/// Lists the revisions.
pub fn history(context: &Context) -> Result<Reply<History>, Diagnostics> {
    let home = home::open(context)?;
    let running = home.running()?.number();
    let mut revisions: Vec<Entry> = home.history()?.into_iter().map(|record| Entry::new(record, running)).collect();
    revisions.reverse();
    Ok(History { revisions }.into())
}
