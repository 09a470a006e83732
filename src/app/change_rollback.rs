//! Returning to an earlier revision: a new one with the old content.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::operate::{self, Asked, HomeError, RevisionNumber, difference};

use super::admission::{self, Accepting};
use super::change_history::Entry;
use super::change_show::Changes;
use super::committing::{judge_again, signature, unfinished};
use super::context::Context;
use super::{engine, home};

/// What a rollback came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RolledBack {
    /// The revision whose content runs now.
    pub restored: RevisionNumber,
    /// The new revision; missing when that content was running already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Entry>,
    #[serde(flatten)]
    pub changes: Changes,
}

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RollbackOrder {
    /// By default the one before the running one.
    pub revision: Option<RevisionNumber>,
    pub comment: Option<String>,
    pub accepting: Accepting,
    /// Ask DNS for the MX records of the domains that a touched listener accepts.
    pub ask_dns: bool,
}

/// Brings back the content of an earlier revision.
pub fn rollback(context: &Context, order: &RollbackOrder) -> Result<Reply<RolledBack>, Diagnostics> {
    let accept = order.accepting.read(context.now)?;
    let home = home::open(context)?;
    let writer = home.write()?;
    let running = home.running()?;
    let wanted = match order.revision {
        Some(number) => number,
        None => running.record()?.parent.ok_or_else(no_parent)?,
    };
    if wanted == running.number() {
        return Ok(RolledBack { restored: wanted, revision: None, changes: Changes::default() }.into());
    }
    let old = home.revision(wanted)?;
    let mut judge = judge_again(context, &old, order.ask_dns);
    let asked = Asked { now: context.now, inspector: &mut judge, accept: &accept, rebase: false };
    let admitted = operate::admit_again(&running, &old, asked).map_err(|error| keyless(error, wanted))?;
    engine::prepare_revision(home.path(), &old)?;
    // A damaged running revision must not keep anybody from leaving it.
    let changes = difference::of_revisions(&running, &old).map(|difference| Changes::of(&difference, context.now));
    let standard = format!("rollback to revision {wanted}");
    let signature = signature(context, order.comment.as_deref().unwrap_or(&standard));
    let mut remarks = admission::remarks(admitted.reviews());
    let committed = match home.staged() {
        Ok(staged) if staged.is_empty() => writer.commit(admitted, signature)?,
        _ => {
            remarks.push(
                Diagnostic::note("change/stale", "the staged edits were left as they are, on the older revision")
                    .help("sealpost change show, then: sealpost change commit --rebase, or sealpost change clear"),
            );
            writer.commit_beside_staged(admitted, signature)?
        }
    };
    remarks.extend(admission::unneeded(&accept, &committed.record.accepted));
    remarks.extend(committed.unfinished.map(unfinished));
    remarks.extend(engine::tell(home.path()));
    let number = committed.record.number;
    let revision = Some(Entry::new(committed.record, number));
    Ok(Reply::new(RolledBack { restored: wanted, revision, changes: changes.unwrap_or_default() }, remarks))
}

fn no_parent() -> Diagnostics {
    Diagnostic::error("revision/no-parent", "the running revision is the first one; there is nothing before it")
        .fact("nothing was changed")
        .help("sealpost change history")
        .into()
}

/// A key that is missing in an old revision was most likely purged.
fn keyless(error: HomeError, wanted: RevisionNumber) -> Diagnostics {
    match &error {
        HomeError::File(file) if file.is_missing() && file.path.ends_with("key.pem") => Diagnostic::error(
            "revision/purged",
            format!("revision {wanted} cannot be returned to: a key in it is gone"),
        )
        .at(crate::model::place::Place::file(file.path.display().to_string()))
        .fact("it was destroyed by cert remove --purge-key; nothing was changed")
        .help("sealpost change history; choose a revision after that commit")
        .into(),
        _ => error.into(),
    }
}
