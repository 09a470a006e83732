//! Further services that the gateway is a client of, each with a role for the certificate that it shows there.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Assignment, ClientService, Configuration, Word};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::role::Role;

use super::cert_list::StagedAs;
use super::committing::Committing;
use super::configured::{self, Configured, Entry, staged_as};
use super::context::Context;
use super::home;

/// All services, in the order of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServiceList {
    pub services: Vec<ServiceShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServiceShown {
    pub name: String,
    pub host: String,
    pub port: u16,
    /// `no`, `starttls` or `implicit`.
    pub tls: String,
    pub client_certificate_required: bool,
    /// The role that a profile can be bound to.
    pub role: String,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

/// Lists the services as they are staged.
pub fn list(context: &Context) -> Result<Reply<ServiceList>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    Ok(ServiceList { services: now.services.iter().map(|service| shown(service, &now, &running)).collect() }.into())
}

/// Shows one service as it is staged.
pub fn show(context: &Context, name: &str) -> Result<Reply<ServiceShown>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    match now.services.iter().find(|service| service.name == name) {
        Some(service) => Ok(shown(service, &now, &running).into()),
        None => Err(entry(name).unknown(names(&now).iter().map(String::as_str))),
    }
}

fn shown(service: &ClientService, now: &Configuration, running: &Configuration) -> ServiceShown {
    ServiceShown {
        name: service.name.clone(),
        host: service.host.to_string(),
        port: service.port,
        tls: service.tls.word().to_owned(),
        client_certificate_required: service.client_certificate_required,
        role: role(&service.name).to_string(),
        staged: staged_as(now, running, |configuration| {
            configuration.services.iter().find(|other| other.name == service.name).cloned()
        }),
    }
}

fn names(configuration: &Configuration) -> Vec<String> {
    configuration.services.iter().map(|service| service.name.clone()).collect()
}

fn role(name: &str) -> Role {
    Role::Service { name: name.to_owned() }
}

/// Sets keys of a service, which comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    name: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    configured::set(context, committing, &entry(name), assignments)
}

/// Removes a service that no profile is bound to.
pub fn remove(context: &Context, committing: &Committing, name: &str) -> Result<Reply<Configured>, Diagnostics> {
    let meant = role(name);
    configured::remove(context, committing, &entry(name), names, |configuration| {
        configured::bound(configuration, |role| *role == meant)
    })
}

fn entry(name: &str) -> Entry {
    Entry::new("service", "service", name)
}
