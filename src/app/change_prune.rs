//! Letting old revisions go, and the keys that only they hold.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::operate::{self, Prune, RevisionNumber};

use super::context::Context;
use super::home;

/// What went, or would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pruned {
    /// False for a dry run.
    pub done: bool,
    /// Revisions that cannot be returned to any more.
    pub revisions: Vec<RevisionNumber>,
    pub kept: Vec<RevisionNumber>,
    /// Profile versions, with their keys, that existed only in those revisions.
    pub destroyed: Vec<Destroyed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Destroyed {
    pub profile: String,
    pub revision: RevisionNumber,
}

/// Keeps the newest `keep` revisions, the running one, and the one that staged edits began on.
pub fn prune(context: &Context, keep: usize, dry_run: bool) -> Result<Reply<Pruned>, Diagnostics> {
    let home = home::open(context)?;
    let plan = if dry_run { operate::plan(&home, keep)? } else { home.write()?.prune(keep)? };
    Ok(answer(plan, !dry_run).into())
}

fn answer(plan: Prune, done: bool) -> Pruned {
    let destroyed =
        plan.destroyed.into_iter().map(|(name, revision)| Destroyed { profile: name.to_string(), revision });
    Pruned { done, revisions: plan.gone, kept: plan.kept, destroyed: destroyed.collect() }
}
