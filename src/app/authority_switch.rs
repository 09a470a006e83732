//! `authority enable` and `authority disable`: whether the authorities of a list are trusted.

use schemars::JsonSchema;
use serde::Serialize;

use super::authorities::AuthorityList;
use super::authority_list::nothing_trusted;
use super::committing::Committing;
use super::configuring;
use super::context::Context;
use crate::model::configuration::{Authorities, Word};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::operate::RevisionNumber;

/// A list that is trusted now, or not any more.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthoritiesSwitched {
    pub list: AuthorityList,
    pub enabled: bool,
    /// It was so before.
    pub unchanged: bool,
    /// The revision that holds it; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Switches a list on or off.
pub fn authority_switch(
    context: &Context,
    list: AuthorityList,
    enable: bool,
    committing: &Committing,
) -> Result<Reply<AuthoritiesSwitched>, Diagnostics> {
    let (outcome, before) = configuring::change(context, committing, |configuration, edit| {
        let before = configuration.authorities.clone();
        if list.is_enabled(&before) != enable {
            edit.set(&["authorities"], list.word(), enable);
        }
        Ok(before)
    })?;
    let unchanged = list.is_enabled(&before) == enable;
    let after = match list {
        AuthorityList::System => Authorities { system: enable, ..before },
        AuthorityList::Custom => Authorities { custom: enable, ..before },
    };
    let revision = outcome.revision();
    let remarks = nothing_trusted(&after).into_iter().chain(outcome.into_remarks()).collect();
    Ok(Reply::new(AuthoritiesSwitched { list, enabled: enable, unchanged, revision }, remarks))
}
