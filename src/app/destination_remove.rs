//! `destination remove` and `destination clear`: rows less. The default row stays.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::operate::RevisionNumber;

use super::committing::{Committing, Outcome};
use super::configuring;
use super::context::Context;
use super::destination_show::{domain_key, unknown};

/// Rows that are gone, or will be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DestinationRemoved {
    pub removed: usize,
    /// Their domains; absent when all were removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// The revision without them; absent while the removal is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// Removes these rows, or none when one of them is not there.
pub fn destination_remove(
    context: &Context,
    domains: &[String],
    committing: &Committing,
) -> Result<Reply<DestinationRemoved>, Diagnostics> {
    let mut told = Vec::new();
    let mut keys = Vec::new();
    for domain in domains {
        match domain_key(domain) {
            Ok(key) if keys.contains(&key) => {}
            Ok(key) => keys.push(key),
            Err(errors) => told.extend(errors.into_vec()),
        }
    }
    let (outcome, domains) = configuring::change(context, committing, |configuration, edit| {
        let destinations = &configuration.destinations;
        let missing = keys.iter().filter(|key| !destinations.rows.contains_key(&key.to_string()));
        told.extend(missing.map(|key| unknown(key, destinations).fact("nothing was changed")));
        if let Some(errors) = Diagnostics::if_errors(told) {
            return Err(errors);
        }
        let mut new = destinations.clone();
        keys.iter().for_each(|key| drop(new.rows.remove(&key.to_string())));
        edit.replace_destinations(destinations, &new);
        Ok(keys.iter().map(ToString::to_string).collect::<Vec<_>>())
    })?;
    Ok(reply(outcome, domains.len(), domains))
}

/// Removes every row but the default one.
pub fn destination_clear(context: &Context, committing: &Committing) -> Result<Reply<DestinationRemoved>, Diagnostics> {
    let (outcome, removed) = configuring::change(context, committing, |configuration, edit| {
        let destinations = &configuration.destinations;
        let mut new = destinations.clone();
        new.rows.clear();
        edit.replace_destinations(destinations, &new);
        Ok(destinations.rows.len())
    })?;
    Ok(reply(outcome, removed, Vec::new()))
}

fn reply(outcome: Outcome, removed: usize, domains: Vec<String>) -> Reply<DestinationRemoved> {
    let revision = outcome.revision();
    Reply::new(DestinationRemoved { removed, domains, revision }, outcome.into_remarks())
}
