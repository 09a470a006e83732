//! SMTP routes: hosts that mail for a domain goes to in place of its MX hosts.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{
    Assignment, Configuration, DomainKey, Edit, Route, RouteHost, RouteTarget, route_domain, route_table,
};
use crate::model::diagnostic::{Diagnostics, Reply};

use super::cert_list::StagedAs;
use super::committing::Committing;
use super::configured::{self, Configured, Entry, staged_as};
use super::context::Context;
use super::{configuring, home};

/// All routes, in the order of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RouteList {
    pub routes: Vec<RouteShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RouteShown {
    /// `example.com`, `.example.com` for everything below it, or `ALL`.
    pub domain: String,
    /// Where mail goes; empty bounces it.
    pub hosts: Vec<RouteHostShown>,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RouteHostShown {
    /// A host name or an IP address.
    pub host: String,
    pub port: u16,
    /// Lower is tried first; equal ones share the load.
    pub priority: u16,
    /// As it stands in the file: `relay.example.net:2525/pri=10`.
    pub text: String,
}

/// Lists the routes as they are staged.
pub fn list(context: &Context) -> Result<Reply<RouteList>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    Ok(RouteList { routes: now.routes.iter().map(|route| shown(route, &now, &running)).collect() }.into())
}

/// Shows the route of exactly this domain as it is staged.
pub fn show(context: &Context, domain: &str) -> Result<Reply<RouteShown>, Diagnostics> {
    let domain = read(domain)?;
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    match now.routes.iter().find(|route| route.domain == domain) {
        Some(route) => Ok(shown(route, &now, &running).into()),
        None => {
            Err(Entry::new("route", "route", &route_table(domain.as_ref()))
                .unknown(names(&now).iter().map(String::as_str)))
        }
    }
}

fn shown(route: &Route, now: &Configuration, running: &Configuration) -> RouteShown {
    RouteShown {
        domain: route_table(route.domain.as_ref()),
        hosts: route.targets.iter().map(host).collect(),
        staged: staged_as(now, running, |configuration| {
            configuration.routes.iter().find(|other| other.domain == route.domain).cloned()
        }),
    }
}

fn host(target: &RouteTarget) -> RouteHostShown {
    RouteHostShown {
        host: match &target.host {
            RouteHost::Name(name) => name.to_string(),
            RouteHost::Address(address) => address.to_string(),
        },
        port: target.port,
        priority: target.priority,
        text: target.to_string(),
    }
}

/// Sets where mail for a domain goes; the route comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    domain: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    configured::set(context, committing, &entry(context, domain)?, assignments)
}

/// Removes a route; mail for the domain goes to its MX hosts again.
pub fn remove(context: &Context, committing: &Committing, domain: &str) -> Result<Reply<Configured>, Diagnostics> {
    configured::remove(context, committing, &entry(context, domain)?, names, |_| Vec::new())
}

fn names(configuration: &Configuration) -> Vec<String> {
    configuration.routes.iter().map(|route| route_table(route.domain.as_ref())).collect()
}

fn read(domain: &str) -> Result<Option<DomainKey>, Diagnostics> {
    route_domain(domain).map_err(|mistake| configuring::refused(mistake, ""))
}

/// The route under the name that the file has for its domain, which may be written in another form.
fn entry(context: &Context, domain: &str) -> Result<Entry, Diagnostics> {
    let domain = read(domain)?;
    let configuration = home::open(context)?.staged()?.configuration()?;
    let written = Edit::of(configuration.text()).map(|edit| edit.names(&["route"])).unwrap_or_default();
    let written = written.into_iter().find(|name| route_domain(name).is_ok_and(|other| other == domain));
    Ok(Entry::new("route", "route", &written.unwrap_or_else(|| route_table(domain.as_ref()))))
}
