//! Staging, and committing in the same step: what every command that changes something ends with.

use std::rc::Rc;

use crate::model::configuration::{Configuration, Dns};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::operate::{
    self, Acceptance, Asked, CommitRecord, Home, HomeError, Intent, Revision, RevisionNumber, Signature, Staged, Writer,
};

use super::admission::{self, Judge, exchangers};
use super::context::Context;
use super::{config_check, engine, home};

/// `--commit "why"` and `--with-pending`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committing {
    /// Commit at once, with this comment; `None` only stages.
    pub comment: Option<String>,
    /// Commit what was staged before along with it.
    pub with_pending: bool,
    /// Ask DNS for the MX records of the domains that a touched listener accepts.
    pub ask_dns: bool,
}

/// What became of the intents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Staged,
    Committed {
        record: CommitRecord,
        /// What is to be said about the roles that it touches.
        remarks: Vec<Diagnostic>,
    },
}

impl Outcome {
    /// The revision that holds it, when it was committed at once.
    pub fn revision(&self) -> Option<RevisionNumber> {
        match self {
            Outcome::Staged => None,
            Outcome::Committed { record, .. } => Some(record.number),
        }
    }

    /// What the commit had to say.
    pub fn into_remarks(self) -> Vec<Diagnostic> {
        match self {
            Outcome::Staged => Vec::new(),
            Outcome::Committed { remarks, .. } => remarks,
        }
    }
}

/// Stages what `plan` wants, under the lock, and commits it when asked to. What `plan` gives beside the intents is handed through.
///
/// With `--commit`, anything that was staged before is an error unless `with_pending` is set.
pub fn stage<T>(
    context: &Context,
    committing: &Committing,
    plan: impl FnOnce(&Home, &Staged) -> Result<(Vec<Intent>, T), Diagnostics>,
) -> Result<(Outcome, T), Diagnostics> {
    let home = home::open(context)?;
    let writer = home.write()?;
    let staged = home.staged()?;
    if committing.comment.is_some() && !committing.with_pending && !staged.is_empty() {
        return Err(pending(&staged));
    }
    let (intents, result) = plan(&home, &staged)?;
    if intents.is_empty() && staged.is_empty() {
        return Ok((Outcome::Staged, result));
    }
    let Some(comment) = &committing.comment else {
        writer.apply(intents)?;
        return Ok((Outcome::Staged, result));
    };
    // What would be refused at the commit is refused before it is staged.
    operate::refuse(intents.iter().filter_map(|intent| match intent {
        Intent::Put(profile) => Some(profile),
        _ => None,
    }))?;
    if staged.base() != staged.running().number() && !staged.is_empty() {
        let mut judge = judge(context, &staged, false);
        operate::admit(&home, &staged, Asked { now: context.now, inspector: &mut judge, accept: &[], rebase: false })?;
    }
    let was_empty = staged.is_empty();
    let staged = writer.apply(intents)?;
    let order = Order { comment, ask_dns: committing.ask_dns, rebase: false, accept: &[] };
    match commit(context, &home, &writer, &staged, &order) {
        Ok((record, remarks)) => Ok((Outcome::Committed { record, remarks }, result)),
        // All or nothing: what was staged only to be committed is taken back.
        Err(NotCommitted::Refused(errors)) if was_empty => {
            let _ = writer.clear(true);
            Err(errors)
        }
        Err(NotCommitted::Refused(errors)) => Err(errors.with_fact("the change is staged; sealpost change show")),
        Err(NotCommitted::Unconfirmed(errors)) => Err(errors),
    }
}

/// How to commit what is staged.
pub(super) struct Order<'a> {
    pub comment: &'a str,
    pub ask_dns: bool,
    /// Put edits that began on an older revision on top of the running one.
    pub rebase: bool,
    pub accept: &'a [Acceptance],
}

/// Why a commit has no record.
pub(super) enum NotCommitted {
    /// Nothing runs that did not run before.
    Refused(Diagnostics),
    /// It runs, and the disk did not confirm it.
    Unconfirmed(Diagnostics),
}

impl From<Diagnostics> for NotCommitted {
    fn from(errors: Diagnostics) -> NotCommitted {
        NotCommitted::Refused(errors)
    }
}

impl From<HomeError> for NotCommitted {
    fn from(error: HomeError) -> NotCommitted {
        match error {
            error @ HomeError::Unconfirmed { .. } => NotCommitted::Unconfirmed(error.into()),
            error => NotCommitted::Refused(error.into()),
        }
    }
}

impl From<NotCommitted> for Diagnostics {
    fn from(reason: NotCommitted) -> Diagnostics {
        match reason {
            NotCommitted::Refused(errors) | NotCommitted::Unconfirmed(errors) => errors,
        }
    }
}

/// Commits what is staged: roles first, then the engine's own load, then the step itself, and at last the running engine is told.
/// Gives what there is to say beside the record.
pub(super) fn commit(
    context: &Context,
    home: &Home,
    writer: &Writer<'_>,
    staged: &Staged,
    order: &Order<'_>,
) -> Result<(CommitRecord, Vec<Diagnostic>), NotCommitted> {
    let mut judge = judge(context, staged, order.ask_dns);
    let asked = Asked { now: context.now, inspector: &mut judge, accept: order.accept, rebase: order.rebase };
    let admitted = operate::admit(home, staged, asked)?;
    engine::prepare_staged(home.path(), staged)?;
    let mut remarks = admission::remarks(admitted.reviews());
    remarks.extend(config_check::new_findings(staged)?);
    let committed = writer.commit(admitted, signature(context, order.comment))?;
    remarks.extend(admission::unneeded(order.accept, &committed.record.accepted));
    remarks.extend(committed.unfinished.map(unfinished));
    remarks.extend(engine::tell(home.path()));
    Ok((committed.record, remarks))
}

/// The revision runs; what was left to do is done by the next command that writes.
pub(super) fn unfinished(error: HomeError) -> Diagnostic {
    Diagnostic::warning("commit/unfinished", "the revision runs, but clearing up behind the commit did not end")
        .fact(error.to_string())
        .help("the next command that changes something ends it; sealpost change show")
}

/// Who looks at the roles before a commit of `staged`.
pub fn judge(context: &Context, staged: &Staged, ask_dns: bool) -> Judge {
    // What does not read is told by the admission itself.
    let (custom, configuration) = (staged.authorities().unwrap_or_default(), staged.configuration());
    Judge::new(context.now, &custom, exchangers(&dns(configuration), ask_dns))
}

/// Who looks at the roles before `old` runs again.
pub fn judge_again(context: &Context, old: &Revision, ask_dns: bool) -> Judge {
    let (custom, configuration) = (old.authorities().unwrap_or_default(), old.configuration());
    Judge::new(context.now, &custom, exchangers(&dns(configuration), ask_dns))
}

fn dns(configuration: Result<Rc<Configuration>, HomeError>) -> Dns {
    configuration.map(|configuration| configuration.dns.clone()).unwrap_or_default()
}

/// Who commits, now.
pub fn signature(context: &Context, comment: &str) -> Signature {
    Signature { author: context.author.clone(), time: context.now, comment: comment.to_owned() }
}

fn pending(staged: &Staged) -> Diagnostics {
    let mut what: Vec<String> = staged.changes().keys().take(10).map(|name| format!("profile {name}")).collect();
    if staged.changes().len() > what.len() {
        what.push(format!("{} more profiles", staged.changes().len() - what.len()));
    }
    if staged.configuration_changed() {
        what.push("sealpost.toml".to_owned());
    }
    if staged.authorities_changed() {
        what.push("the custom list of authorities".to_owned());
    }
    Diagnostic::error("change/pending", "something else is staged already, and --commit would commit it too")
        .fact(format!("staged: {}", what.join(", ")))
        .fact("nothing was changed")
        .help("sealpost change show; then leave --commit away, or add --with-pending")
        .into()
}
