//! Making what is staged run.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::operate::{self, RevisionNumber, difference};

use super::change_history::Entry;
use super::change_show::Changes;
use super::committing::signature;
use super::context::Context;
use super::home;

/// What a commit came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Committed {
    /// False when nothing was staged; then there is no new revision.
    pub committed: bool,
    /// The revision that runs now.
    pub running: RevisionNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Entry>,
    #[serde(flatten)]
    pub changes: Changes,
}

/// Commits the staged edits. `rebase` puts edits that began on an older revision on top of the running one.
pub fn commit(context: &Context, comment: Option<&str>, rebase: bool) -> Result<Reply<Committed>, Diagnostics> {
    let home = home::open(context)?;
    let writer = home.write()?;
    let staged = home.staged()?;
    if staged.is_empty() {
        let running = staged.running().number();
        let nothing = Committed { committed: false, running, revision: None, changes: Changes::default() };
        return Ok(nothing.into());
    }
    let changes = Changes::of(&difference::of_staged(&staged)?, context.now);
    let admitted = operate::admit(&home, &staged, rebase)?;
    let committed = writer.commit(admitted, signature(context, comment.unwrap_or_default()))?;
    let remarks = committed.unfinished.map(unfinished).into_iter().collect();
    let running = committed.record.number;
    let answer = Committed { committed: true, running, revision: Some(Entry::new(committed.record, running)), changes };
    Ok(Reply::new(answer, remarks))
}

/// The revision runs; what was left to do is done by the next command that writes.
pub(super) fn unfinished(error: operate::HomeError) -> Diagnostic {
    Diagnostic::warning("commit/unfinished", "the revision runs, but clearing up behind the commit did not end")
        .fact(error.to_string())
        .help("the next command that changes something ends it; sealpost change show")
}
