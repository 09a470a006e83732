//! Sender groups of a listener: tried in order, the first that fits a connection picks its policy.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Assignment, Configuration, Edit, Listener, Word};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::shell_word::shell_word;

use super::committing::Committing;
use super::configured::{self, Configured, ConfiguredAs, Entry};
use super::context::Context;
use super::{configuring, home, listeners};

/// The groups of one listener, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupList {
    pub listener: String,
    pub groups: Vec<GroupShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupShown {
    pub name: String,
    pub policy: String,
    /// Action of the policy.
    pub action: String,
    /// TLS of the policy.
    pub tls: String,
    /// `ALL`, addresses, networks, host names, `.domains`.
    pub senders: Vec<String>,
}

/// Where a group stands among the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Position {
    /// A new one before the last, which is `ALL`; one that is there stays where it is.
    #[default]
    Usual,
    First,
    Before(String),
}

/// Lists the groups of a listener as they are staged.
pub fn list(context: &Context, listener: &str) -> Result<Reply<GroupList>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let listener = listeners::known(&configuration, listener)?;
    Ok(GroupList { listener: listener.name.clone(), groups: all(listener) }.into())
}

pub(super) fn all(listener: &Listener) -> Vec<GroupShown> {
    let groups = listener.groups.iter().map(|group| {
        let policy = listener.policy(&group.policy);
        GroupShown {
            name: group.name.clone(),
            policy: group.policy.clone(),
            action: policy.map(|policy| policy.action.word().to_owned()).unwrap_or_default(),
            tls: policy.map(|policy| policy.tls.word().to_owned()).unwrap_or_default(),
            senders: group.senders.iter().map(ToString::to_string).collect(),
        }
    });
    groups.collect()
}

/// Sets keys of a group and where it stands; it comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    listener: &str,
    name: &str,
    assignments: &[Assignment],
    position: &Position,
) -> Result<Reply<Configured>, Diagnostics> {
    let entry = entry(listener, name);
    let (outcome, (action, changes)) = configuring::change(context, committing, |configuration, edit| {
        let names = write_down(configuration, edit, listener)?;
        let is_new = !names.iter().any(|known| known == name);
        if let Position::Before(other) = position
            && !names.contains(other)
        {
            return Err(self::entry(listener, other).unknown(names.iter().map(String::as_str)));
        }
        let changes = configured::assign(assignments, |assignment| {
            let before = edit.written_in_group(listener, name, assignment.key.name);
            edit.assign_group(listener, name, std::slice::from_ref(assignment))?;
            Ok((before, edit.written_in_group(listener, name, assignment.key.name)))
        })?;
        let others: Vec<&String> = names.iter().filter(|known| *known != name).collect();
        let index = match position {
            Position::Usual => is_new.then(|| others.len().saturating_sub(1)),
            Position::First => Some(0),
            Position::Before(other) => others.iter().position(|known| *known == other),
        };
        if let Some(index) = index {
            edit.move_group(listener, name, index);
        }
        let action = match configured::set_as(is_new, &changes) {
            ConfiguredAs::Unchanged if edit.group_names(listener) != names => ConfiguredAs::Changed,
            action => action,
        };
        Ok((action, changes))
    })
    .map_err(|errors| configured::with_help(errors, "sealpost listener group set --help"))?;
    Ok(entry.configured(action, changes, outcome))
}

/// Removes a group.
pub fn remove(
    context: &Context,
    committing: &Committing,
    listener: &str,
    name: &str,
) -> Result<Reply<Configured>, Diagnostics> {
    let entry = entry(listener, name);
    let (outcome, ()) = configuring::change(context, committing, |configuration, edit| {
        let names = write_down(configuration, edit, listener)?;
        if !names.iter().any(|known| known == name) {
            return Err(entry.unknown(names.iter().map(String::as_str)));
        }
        edit.remove_group(listener, name);
        Ok(())
    })
    .map_err(|errors| configured::with_help(errors, &entry.list))?;
    Ok(entry.configured(ConfiguredAs::Removed, Vec::new(), outcome))
}

/// Groups that the listener has without naming them are written down before they are changed. Gives their names.
fn write_down(configuration: &Configuration, edit: &mut Edit, listener: &str) -> Result<Vec<String>, Diagnostics> {
    let known = listeners::known(configuration, listener)?;
    if edit.group_names(listener).is_empty() {
        edit.write_groups(listener, &known.groups);
    }
    Ok(edit.group_names(listener))
}

fn entry(listener: &str, name: &str) -> Entry {
    Entry {
        kind: "group",
        noun: "listener group",
        name: name.to_owned(),
        path: Vec::new(),
        list: format!("sealpost listener group list {}", shell_word(listener)),
    }
}
