//! Mail-flow policies of a listener: what the senders of a group may do, and over which kind of connection.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{
    Assignment, BUILT_IN_POLICIES, Configuration, Edit, Listener, MailFlowPolicy, Word, size_text,
};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::shell_word::shell_word;

use super::committing::Committing;
use super::configured::{self, Configured, Entry, Reference};
use super::context::Context;
use super::{home, listeners};

/// The policies of one listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyList {
    pub listener: String,
    pub policies: Vec<PolicyShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyShown {
    pub name: String,
    /// `ACCEPT`, `RELAY`, `REJECT` or `TCPREFUSE`.
    pub action: String,
    /// `off`, `preferred` or `required`.
    pub tls: String,
    /// Envelope senders that must use TLS where it is preferred.
    pub tls_senders: Vec<String>,
    pub verify_client: bool,
    /// `client` or `any`.
    pub client_usage: String,
    /// Absent: the engine's limit holds. Octets, with a unit where it is even.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients_per_message: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_connection: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections_per_address: Option<u32>,
    /// It is there without standing in the file.
    pub built_in: bool,
    /// Sender groups that pick it.
    pub groups: Vec<String>,
}

/// Lists the policies of a listener as they are staged.
pub fn list(context: &Context, listener: &str) -> Result<Reply<PolicyList>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let listener = listeners::known(&configuration, listener)?;
    Ok(PolicyList { listener: listener.name.clone(), policies: all(listener, configuration.text()) }.into())
}

/// `text` is that of the configuration.
pub(super) fn all(listener: &Listener, text: &str) -> Vec<PolicyShown> {
    let written = Edit::of(text).map(|edit| edit.names(&["listener", &listener.name, "policy"])).unwrap_or_default();
    listener.policies.iter().map(|policy| shown(listener, policy, !written.contains(&policy.name))).collect()
}

fn shown(listener: &Listener, policy: &MailFlowPolicy, built_in: bool) -> PolicyShown {
    let groups = listener.groups.iter().filter(|group| group.policy == policy.name);
    PolicyShown {
        name: policy.name.clone(),
        action: policy.action.word().to_owned(),
        tls: policy.tls.word().to_owned(),
        tls_senders: policy.tls_senders.iter().map(ToString::to_string).collect(),
        verify_client: policy.verify_client,
        client_usage: policy.client_usage.word().to_owned(),
        message_size: policy.message_size.map(size_text),
        recipients_per_message: policy.recipients_per_message,
        messages_per_connection: policy.messages_per_connection,
        connections_per_address: policy.connections_per_address,
        built_in,
        groups: groups.map(|group| group.name.clone()).collect(),
    }
}

/// Sets keys of a policy, which comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    listener: &str,
    name: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    configured::set_checked(context, committing, &entry(listener, name), assignments, |configuration, _| {
        listeners::known(configuration, listener).map(drop)
    })
}

/// Removes a policy that no group picks. A built-in one that the file changes is as built in again.
pub fn remove(
    context: &Context,
    committing: &Committing,
    listener: &str,
    name: &str,
) -> Result<Reply<Configured>, Diagnostics> {
    let entry = entry(listener, name);
    let is_built_in = BUILT_IN_POLICIES.iter().any(|(known, _)| *known == name);
    let known = |configuration: &Configuration| names(configuration, listener);
    let references = |configuration: &Configuration| match is_built_in {
        true => Vec::new(),
        false => users(configuration, listener, name),
    };
    configured::remove_checked(context, committing, &entry, known, references, |configuration, edit| {
        listeners::known(configuration, listener)?;
        match is_built_in && !edit.has(&entry.path()) {
            true => Err(built_in(name)),
            false => Ok(()),
        }
    })
}

fn built_in(name: &str) -> Diagnostics {
    Diagnostic::error("listener-policy/built-in", format!("policy `{name}` is built in and cannot be removed"))
        .fact("nothing was changed")
        .help("a policy that no group picks does nothing")
        .into()
}

fn names(configuration: &Configuration, listener: &str) -> Vec<String> {
    let policies = configuration.listener(listener).into_iter().flat_map(|listener| &listener.policies);
    policies.map(|policy| policy.name.clone()).collect()
}

fn users(configuration: &Configuration, listener: &str, name: &str) -> Vec<Reference> {
    let groups = configuration.listener(listener).into_iter().flat_map(|listener| &listener.groups);
    let users = groups.filter(|group| group.policy == name).map(|group| Reference {
        told: format!("group `{}` picks it", group.name),
        help: format!("sealpost listener group set {} {} --policy NAME", shell_word(listener), shell_word(&group.name)),
    });
    users.collect()
}

fn entry(listener: &str, name: &str) -> Entry {
    let path = ["listener", listener, "policy", name].map(str::to_owned).to_vec();
    Entry {
        kind: "policy",
        noun: "listener policy",
        name: name.to_owned(),
        path,
        list: format!("sealpost listener policy list {}", shell_word(listener)),
    }
}
