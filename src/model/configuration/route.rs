//! `[route."example.com"]`: SMTP routes, hosts that mail for a domain goes to in place of its MX hosts.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use toml_edit::Table;

use super::domain::{DomainKey, host_name};
use super::key::{Key, Kind};
use super::problem::Mistake;
use super::reader::{ALONE, Reader, excerpt};
use crate::model::host_name::HostName;

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteHost {
    Name(HostName),
    Address(IpAddr),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

const HOSTS: Key = Key::new(
    "hosts",
    Kind::List("hosts such as `relay.example.net`, `relay.example.net:2525`, `[192.0.2.1]:25/pri=10`"),
    "hosts that mail goes to; an empty list bounces it",
);
pub const KEYS: &[Key] = &[HOSTS];
/// The table of the route for every domain without one of its own.
pub const ALL: &str = "ALL";

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> Vec<Route> {
    let Some(outer) = reader.table(root, &[], "route") else { return Vec::new() };
    let mut routes = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, item) in outer.iter() {
        let path = ["route", name];
        let Some(table) = item.as_table() else {
            let mistake = Mistake::new(format!("write {} on a line of its own", super::reader::heading(&path)));
            reader.report(item.span(), &["route"], mistake);
            continue;
        };
        let mut section = reader.section(table, &path, KEYS, ALONE);
        section.needs(&HOSTS);
        let targets = section.list(&HOSTS, str::parse).unwrap_or_default();
        match route_domain(name) {
            Ok(domain) if seen.insert(domain.clone()) => routes.push(Route { domain, targets }),
            Ok(domain) => {
                let name = domain.map_or(ALL.to_owned(), |domain| domain.to_string());
                reader.report(item.span(), &path, Mistake::new(format!("there is a route `{name}` already")));
            }
            Err(mistake) => reader.report(item.span(), &path, mistake),
        }
    }
    routes
}

/// `None` is `ALL`.
pub fn route_domain(text: &str) -> Result<Option<DomainKey>, Mistake> {
    if text.eq_ignore_ascii_case(ALL) { Ok(None) } else { text.parse().map(Some) }
}

/// The name of the table of a route. The domain `all`, should it ever exist, gets the final dot that reading drops again.
pub fn route_table(domain: Option<&DomainKey>) -> String {
    match domain.map(ToString::to_string) {
        None => ALL.to_owned(),
        Some(name) if name.eq_ignore_ascii_case(ALL) => format!("{name}."),
        Some(name) => name,
    }
}

/// `HOST`, `HOST:PORT`, with `/pri=N` behind. An IPv6 address with a port stands in brackets.
impl FromStr for RouteTarget {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<RouteTarget, Mistake> {
        let (place, priority) = match text.split_once("/pri=") {
            None => (text, 0),
            Some((place, number)) => (
                place,
                number.parse().map_err(|_| {
                    Mistake::new(format!("the priority of `{}` must be a number from 0 to 65,535", excerpt(text)))
                })?,
            ),
        };
        let (host, port) = host_and_port(place)?;
        Ok(RouteTarget { host, port: port.unwrap_or(25), priority })
    }
}

fn host_and_port(text: &str) -> Result<(RouteHost, Option<u16>), Mistake> {
    if let Ok(address) = text.parse() {
        return Ok((RouteHost::Address(address), None));
    }
    let (host, port) = match text.rsplit_once(':') {
        None => (text, None),
        Some((_, rest)) if rest.ends_with(']') => (text, None),
        Some((host, port)) => {
            let number = port.parse::<u16>().ok().filter(|port| *port > 0);
            (
                host,
                Some(number.ok_or_else(|| {
                    Mistake::new(format!("the port of `{}` must be a number from 1 to 65,535", excerpt(text)))
                })?),
            )
        }
    };
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) =
        bare.unwrap_or(host).parse().ok().filter(|address: &IpAddr| bare.is_some() || address.is_ipv4())
    {
        return Ok((RouteHost::Address(address), port));
    }
    Ok((RouteHost::Name(host_name(host)?), port))
}

impl fmt::Display for RouteHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RouteHost::Name(name) => name.fmt(f),
            RouteHost::Address(address) => write!(f, "[{address}]"),
        }
    }
}

/// The shortest text that reads back as the same; port 25 and priority 0 are left out.
impl fmt::Display for RouteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        if self.port != 25 {
            write!(f, ":{}", self.port)?;
        }
        if self.priority != 0 {
            write!(f, "/pri={}", self.priority)?;
        }
        Ok(())
    }
}
