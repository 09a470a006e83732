//! Throwing the staged edits away.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::operate::RevisionNumber;

use super::context::Context;
use super::home;

/// What was thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cleared {
    /// Profiles with staged edits.
    pub profiles: Vec<String>,
    /// Whether `sealpost.toml` had staged edits.
    pub configuration: bool,
    /// Whether the custom list of authorities had staged edits.
    pub authorities: bool,
    /// The staged edits could not even be read.
    pub unreadable: bool,
    /// What runs, and what new edits begin on.
    pub running: RevisionNumber,
}

/// Clears the staged edits; `force` also destroys keys whose requests have left the home.
pub fn clear(context: &Context, force: bool) -> Result<Reply<Cleared>, Diagnostics> {
    let home = home::open(context)?;
    let writer = home.write()?;
    let (profiles, configuration, authorities, unreadable) = match home.staged() {
        Ok(staged) => {
            let profiles = staged.changes().keys().map(ToString::to_string).collect();
            (profiles, staged.configuration_changed(), staged.authorities_changed(), false)
        }
        Err(_) if force => (Vec::new(), false, false, true),
        Err(error) => return Err(error.into()),
    };
    writer.clear(force)?;
    Ok(Cleared { profiles, configuration, authorities, unreadable, running: home.running()?.number() }.into())
}
