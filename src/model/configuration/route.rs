//! `[route."example.com"]`: SMTP routes, hosts that mail for a domain goes to in place of its MX hosts.

use super::domain::DomainKey;
use crate::model::host_name::HostName;
use std::net::IpAddr;

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteHost {
    Name(HostName),
    Address(IpAddr),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTarget {
    pub host: RouteHost,
    pub port: u16,
    /// Lower is tried first; equal ones share the load.
    pub priority: u16,
}

/// The key `None` is `ALL`: every domain without a route of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub domain: Option<DomainKey>,
    /// Empty: mail for the domain is dropped with a bounce (the appliance's `/dev/null` has no counterpart here).
    pub targets: Vec<RouteTarget>,
}
