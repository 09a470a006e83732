//! `cert remove`: a profile less. Its key stays in the older revisions unless it shall be purged.

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::date;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::operate::{Intent, RevisionNumber, Staged};

use super::admission;
use super::committing::{self, Committing};
use super::context::Context;
use super::making;

/// A profile that is gone, or will be.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Removed {
    pub profile: ProfileName,
    /// Its key leaves the older revisions too.
    pub purge_key: bool,
    /// It runs until the change is committed.
    pub still_running: bool,
    /// The revision without it; absent while the removal is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Removes a profile; the built-in one stays.
pub fn cert_remove(
    context: &Context,
    profile: &str,
    purge_key: bool,
    committing: &Committing,
) -> Result<Reply<Removed>, Diagnostics> {
    let mut told = Vec::new();
    let Some(name) = making::profile_name(profile, &mut told) else { return Err(making::refusal(told)) };
    let (outcome, runs) = committing::stage(context, committing, |_, staged| {
        let runs = staged.running().has(&name)?;
        refuse_bound(&name, staged)?;
        if !purge_key && !runs {
            refuse_losing_key(&name, staged)?;
        }
        Ok((vec![Intent::Remove { name: name.clone(), purge_key }], runs))
    })?;
    let revision = outcome.revision();
    let removed = Removed { profile: name, purge_key, still_running: runs && revision.is_none(), revision };
    Ok(Reply::new(removed, outcome.into_remarks()))
}

/// A role would be left without what it presents.
fn refuse_bound(name: &ProfileName, staged: &Staged) -> Result<(), Diagnostics> {
    let configuration = staged.configuration()?;
    let roles: Vec<&Role> = configuration.roles.of_profile(name).collect();
    let Some(first) = roles.first() else { return Ok(()) };
    let list: Vec<String> = roles.iter().map(ToString::to_string).collect();
    let first = admission::word(first);
    let wrong = Diagnostic::error("profile/bound", format!("profile {name} is bound to {}", list.join(", ")))
        .fact("what is presented cannot be removed")
        .help(format!("sealpost role bind {first} OTHER-PROFILE, or: sealpost role unbind {first}"));
    Err(making::refusal(vec![wrong]))
}

/// A profile that was never committed has its key nowhere else; an authority may be about to answer for it.
fn refuse_losing_key(name: &ProfileName, staged: &Staged) -> Result<(), Diagnostics> {
    let Some(exported) = staged.summary(name)?.record.request_exported else { return Ok(()) };
    let message = format!("removing {name} would destroy the only copy of a key whose request has left the home");
    let wrong = Diagnostic::error("change/key-awaited", message)
        .fact(format!("{name}: request exported {}", date(exported)))
        .help(format!("sealpost cert remove {name} --purge-key destroys it; sealpost change commit keeps it"));
    Err(making::refusal(vec![wrong]))
}
