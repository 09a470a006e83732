//! Making what is staged run.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::operate::{self, Asked, RevisionNumber, difference};

use super::admission::{self, Accepting};
use super::change_history::Entry;
use super::change_show::Changes;
use super::committing::{judge, signature};
use super::config_check;
use super::context::Context;
use super::{engine, home};

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
    let mut judge = judge(context, &staged, order.ask_dns);
    let asked = Asked { now: context.now, inspector: &mut judge, accept: &accept, rebase: order.rebase };
    let admitted = operate::admit(&home, &staged, asked)?;
    engine::prepare_staged(home.path(), &staged)?;
    let mut remarks = admission::remarks(admitted.reviews());
    remarks.extend(config_check::new_findings(&staged)?);
    let committed = writer.commit(admitted, signature(context, order.comment.as_deref().unwrap_or_default()))?;
    remarks.extend(admission::unneeded(&accept, &committed.record.accepted));
    remarks.extend(committed.unfinished.map(unfinished));
    remarks.extend(engine::tell(home.path()));
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
