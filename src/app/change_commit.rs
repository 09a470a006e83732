//! Making what is staged run.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::operate::{RevisionNumber, difference};

use super::admission::Accepting;
use super::change_history::Entry;
use super::change_show::Changes;
use super::context::Context;
use super::{committing, home};

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

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitOrder {
    pub comment: Option<String>,
    /// Put edits that began on an older revision on top of the running one.
    pub rebase: bool,
    pub accepting: Accepting,
    /// Ask DNS for the MX records of the domains that a touched listener accepts.
    pub ask_dns: bool,
}

/// Commits the staged edits.
pub fn commit(context: &Context, order: &CommitOrder) -> Result<Reply<Committed>, Diagnostics> {
    let accept = order.accepting.read(context.now)?;
    let home = home::open(context)?;
    let writer = home.write()?;
    let staged = home.staged()?;
    if staged.is_empty() {
        let running = staged.running().number();
        let nothing = Committed { committed: false, running, revision: None, changes: Changes::default() };
        return Ok(nothing.into());
    }
    let changes = Changes::of(&difference::of_staged(&staged)?, context.now);
    let comment = order.comment.as_deref().unwrap_or_default();
    let order = committing::Order { comment, ask_dns: order.ask_dns, rebase: order.rebase, accept: &accept };
    let (record, remarks) = committing::commit(context, &home, &writer, &staged, &order)?;
    let running = record.number;
    let answer = Committed { committed: true, running, revision: Some(Entry::new(record, running)), changes };
    Ok(Reply::new(answer, remarks))
}
