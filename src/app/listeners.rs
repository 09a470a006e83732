//! The listeners of the gateway, each with its mail-flow policies and sender groups.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Assignment, Configuration, Listener, Word};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::role::Role;

use super::cert_list::StagedAs;
use super::committing::Committing;
use super::configured::{self, Configured, Entry, staged_as};
use super::context::Context;
use super::home;
use super::listener_groups::{self, GroupShown};
use super::listener_policies::{self, PolicyShown};

/// All listeners, in the order of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListenerList {
    pub listeners: Vec<ListenerShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListenerShown {
    pub name: String,
    pub interface: String,
    /// Address of the interface.
    pub address: String,
    pub port: u16,
    /// Host name of the interface, which the certificate must carry.
    pub hostname: String,
    /// `public` or `private`.
    pub exposure: String,
    pub implicit_tls: bool,
    /// Domains that mail is accepted for.
    pub domains: Vec<String>,
    /// Recipients that mail is accepted for; absent for all of the domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// TLS of the policy that everyone gets whom no other group takes.
    pub tls: String,
    pub policies: Vec<PolicyShown>,
    /// In the order in which they are tried.
    pub groups: Vec<GroupShown>,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

/// Lists the listeners as they are staged.
pub fn list(context: &Context) -> Result<Reply<ListenerList>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    let listeners = now.listeners.iter().map(|listener| shown(listener, &now, &running)).collect();
    Ok(ListenerList { listeners }.into())
}

/// Shows one listener as it is staged.
pub fn show(context: &Context, name: &str) -> Result<Reply<ListenerShown>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    Ok(shown(known(&now, name)?, &now, &running).into())
}

/// The listener of this name; the error lists those that there are.
pub(super) fn known<'c>(configuration: &'c Configuration, name: &str) -> Result<&'c Listener, Diagnostics> {
    let all = || configuration.listeners.iter().map(|listener| listener.name.as_str());
    configuration.listener(name).ok_or_else(|| entry(name).unknown(all()))
}

fn shown(listener: &Listener, now: &Configuration, running: &Configuration) -> ListenerShown {
    let interface = now.interface(&listener.interface);
    ListenerShown {
        name: listener.name.clone(),
        interface: listener.interface.clone(),
        address: interface.map(|interface| interface.address.to_string()).unwrap_or_default(),
        port: listener.port,
        hostname: interface.map(|interface| interface.hostname.to_string()).unwrap_or_default(),
        exposure: listener.exposure.word().to_owned(),
        implicit_tls: listener.implicit_tls,
        domains: listener.domains.iter().map(ToString::to_string).collect(),
        recipients: listener.recipients.as_ref().map(|list| list.iter().map(ToString::to_string).collect()),
        tls: listener.rest().map(|(_, policy)| policy.tls.word().to_owned()).unwrap_or_default(),
        policies: listener_policies::all(listener, now.text()),
        groups: listener_groups::all(listener),
        staged: staged_as(now, running, |configuration| configuration.listener(&listener.name).cloned()),
    }
}

/// Sets keys of a listener, which comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    name: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    configured::set(context, committing, &entry(name), assignments)
}

/// Removes a listener that no profile is bound to.
pub fn remove(context: &Context, committing: &Committing, name: &str) -> Result<Reply<Configured>, Diagnostics> {
    let known =
        |configuration: &Configuration| configuration.listeners.iter().map(|listener| listener.name.clone()).collect();
    let is_meant = |role: &Role| matches!(role, Role::Listener { name: other, .. } if other == name);
    configured::remove(context, committing, &entry(name), known, |configuration| {
        configured::bound(configuration, is_meant)
    })
}

fn entry(name: &str) -> Entry {
    Entry::new("listener", "listener", name)
}
