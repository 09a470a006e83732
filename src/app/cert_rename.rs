//! `cert rename`: the same profile under another name.

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::profile_name::ProfileName;
use crate::operate::{Intent, RevisionNumber};

use super::committing::{self, Committing};
use super::context::Context;
use super::{binding, configuring, making};

/// A profile that has another name now.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Renamed {
    pub from: ProfileName,
    pub to: ProfileName,
    /// The old name runs until the change is committed.
    pub still_running: bool,
    /// Roles whose binding follows.
    pub roles: Vec<String>,
    /// The revision that holds the change; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Gives `from` the name `to`, with its key, certificate and history. The built-in profile keeps its name.
pub fn cert_rename(
    context: &Context,
    from: &str,
    to: &str,
    committing: &Committing,
) -> Result<Reply<Renamed>, Diagnostics> {
    let mut told = Vec::new();
    let names = (making::profile_name(from, &mut told), making::profile_name(to, &mut told));
    let (Some(from), Some(to)) = names else { return Err(making::refusal(told)) };
    let (outcome, (runs, roles)) = committing::stage(context, committing, |_, staged| {
        let runs = staged.running().has(&from)?;
        // In the same change, so that no role names a profile that is not there.
        let (rebound, roles) = configuring::edited(staged, |configuration, edit| {
            binding::rename(edit, configuration, &from, &to);
            Ok(configuration.roles.of_profile(&from).map(ToString::to_string).collect())
        })?;
        let mut intents = vec![Intent::Rename { from: from.clone(), to: to.clone() }];
        intents.extend(rebound);
        Ok((intents, (runs, roles)))
    })?;
    let revision = outcome.revision();
    let renamed = Renamed { from, to, still_running: runs && revision.is_none(), roles, revision };
    Ok(Reply::new(renamed, outcome.into_remarks()))
}
