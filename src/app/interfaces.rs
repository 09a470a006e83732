//! The interfaces of the gateway: addresses with the host names that certificates must carry.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Assignment, Configuration, Interface};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::role::Role;
use crate::model::shell_word::shell_word;

use super::cert_list::StagedAs;
use super::committing::Committing;
use super::configured::{self, Configured, Entry, Reference, staged_as};
use super::context::Context;
use super::home;

/// An interface and the host name that certificates for it must carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceName {
    pub name: String,
    pub hostname: String,
}

/// In the order of the configuration; the one that deliveries leave from is among them.
pub fn interface_names(context: &Context) -> Result<Vec<InterfaceName>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let interfaces = configuration.interfaces.iter();
    Ok(interfaces
        .map(|interface| InterfaceName { name: interface.name.clone(), hostname: interface.hostname.to_string() })
        .collect())
}

/// All interfaces, in the order of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InterfaceList {
    pub interfaces: Vec<InterfaceShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InterfaceShown {
    pub name: String,
    pub address: String,
    pub hostname: String,
    /// The port of the admin pages; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https: Option<u16>,
    /// Listeners on it.
    pub listeners: Vec<String>,
    /// Outgoing mail leaves through it.
    pub delivers: bool,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

/// Lists the interfaces as they are staged.
pub fn list(context: &Context) -> Result<Reply<InterfaceList>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    let interfaces = now.interfaces.iter().map(|interface| shown(interface, &now, &running)).collect();
    Ok(InterfaceList { interfaces }.into())
}

/// Shows one interface as it is staged.
pub fn show(context: &Context, name: &str) -> Result<Reply<InterfaceShown>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    match now.interface(name) {
        Some(interface) => Ok(shown(interface, &now, &running).into()),
        None => Err(entry(name).unknown(now.interfaces.iter().map(|known| known.name.as_str()))),
    }
}

fn shown(interface: &Interface, now: &Configuration, running: &Configuration) -> InterfaceShown {
    let listeners = now.listeners.iter().filter(|listener| listener.interface == interface.name);
    InterfaceShown {
        name: interface.name.clone(),
        address: interface.address.to_string(),
        hostname: interface.hostname.to_string(),
        https: interface.https,
        listeners: listeners.map(|listener| listener.name.clone()).collect(),
        delivers: now.delivery_interface().is_some_and(|delivers| delivers.name == interface.name),
        staged: staged_as(now, running, |configuration| configuration.interface(&interface.name).cloned()),
    }
}

/// Sets keys of an interface, which comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    name: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    configured::set(context, committing, &entry(name), assignments)
}

/// Removes an interface that nothing uses.
pub fn remove(context: &Context, committing: &Committing, name: &str) -> Result<Reply<Configured>, Diagnostics> {
    let known = |configuration: &Configuration| {
        configuration.interfaces.iter().map(|interface| interface.name.clone()).collect()
    };
    configured::remove(context, committing, &entry(name), known, |configuration| users(configuration, name))
}

fn entry(name: &str) -> Entry {
    Entry::new("interface", "interface", name)
}

fn users(configuration: &Configuration, name: &str) -> Vec<Reference> {
    let listeners = configuration.listeners.iter().filter(|listener| listener.interface == name);
    let listeners = listeners.map(|listener| Reference {
        told: format!("listener `{}` listens on it", listener.name),
        help: format!("sealpost listener set {} --interface NAME", shell_word(&listener.name)),
    });
    let delivery = configuration.delivery.interface.as_ref().filter(|used| *used == name).map(|_| Reference {
        told: "outgoing mail leaves through it".to_owned(),
        help: "sealpost setting set delivery.interface auto".to_owned(),
    });
    let role = Role::Https { interface: name.to_owned() };
    let bound = configured::bound(configuration, |other| *other == role);
    listeners.chain(delivery).chain(bound).collect()
}
