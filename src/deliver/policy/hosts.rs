//! The hosts that take mail for a domain (RFC 5321 section 5.1): an SMTP route, or its MX records, or the domain itself; without
//! this gateway and whatever would lead back to it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use rustls::pki_types::ServerName;

use crate::deliver::envelope::MailDomain;
use crate::deliver::outcome::Reason;
use crate::model::configuration::{DestinationControls, IpPreference, Route, RouteHost};
use crate::sys::client_stream::is_own;
use crate::sys::dns::{Addresses, DnsError, Mx};
use crate::trust::reference::is_host_name;

use super::{Policy, server_name};

/// Hosts of a domain that are looked at, the most preferred ones; nobody needs more, and each costs a question to DNS.
const HOSTS: usize = 20;
/// Addresses of one host that are tried.
const ADDRESSES: usize = 16;

/// A host as an MX record or a route names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// In lower case, without a final dot.
    Name(String),
    Address(IpAddr),
}

/// One host to try.
#[derive(Debug, Clone)]
pub struct Exchanger {
    pub host: Host,
    pub port: u16,
    /// Lower is tried first.
    pub preference: u16,
    /// What to ask for in a handshake.
    pub server_name: Option<ServerName<'static>>,
    /// In the order in which they are tried, or why there is none.
    pub addresses: Result<Vec<IpAddr>, Reason>,
}

/// The hosts of a domain.
pub(super) struct Found {
    pub exchangers: Vec<Exchanger>,
    /// Names that the certificate of any of them may have.
    pub names: Vec<String>,
    /// They stand in a route.
    pub routed: bool,
    /// DNSSEC vouches for the MX records.
    pub vouched: bool,
}

struct Wanted {
    host: Host,
    port: u16,
    preference: u16,
}

/// Hosts before anybody knows where they are.
struct List {
    wanted: Vec<Wanted>,
    origin: Origin,
    /// DNSSEC vouches for it.
    vouched: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Route,
    Mx,
    /// The domain has no MX record and stands for itself.
    Itself,
    Literal,
}

impl List {
    fn of(wanted: Vec<Wanted>, origin: Origin) -> List {
        List { wanted, origin, vouched: false }
    }
}

impl Exchanger {
    pub fn sockets(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.addresses.iter().flatten().map(|address| SocketAddr::new(*address, self.port))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(address) => write!(f, "[{address}]"),
        }
    }
}

impl Policy {
    pub(super) async fn hosts(
        &self,
        destination: &MailDomain,
        controls: &DestinationControls,
    ) -> Result<Found, Reason> {
        let mut list = match (self.route(destination.name()), destination) {
            (Some(route), _) => List::of(route_hosts(route, destination)?, Origin::Route),
            (None, MailDomain::Literal(address)) => {
                let host = Wanted { host: Host::Address(*address), port: self.port, preference: 0 };
                List::of(vec![host], Origin::Literal)
            }
            (None, MailDomain::Name(domain)) => self.mail_hosts(domain.as_str()).await?,
        };
        shuffle(&mut list.wanted);
        list.wanted.truncate(HOSTS);
        let mut exchangers = Vec::with_capacity(list.wanted.len());
        for wanted in list.wanted {
            exchangers.push(self.resolved(wanted, list.origin, controls.ip_preference).await);
        }
        let names = exchangers.iter().filter_map(|exchanger| match &exchanger.host {
            Host::Name(name) => Some(name.clone()),
            Host::Address(_) => None,
        });
        let names = names.collect();
        let exchangers = self.without_ourselves(exchangers)?;
        nowhere_to_go(&exchangers)?;
        Ok(Found { exchangers, names, routed: list.origin == Origin::Route, vouched: list.vouched })
    }

    /// MX records, or the domain itself where it has none.
    async fn mail_hosts(&self, domain: &str) -> Result<List, Reason> {
        let wanted = |Mx { preference, exchange }| Wanted { host: Host::Name(exchange), port: self.port, preference };
        match self.in_use.resolver.mx(domain).await {
            Ok(answer) if answer.records.iter().all(|mx| mx.exchange.is_empty()) => {
                Err(Reason::NullMx { domain: domain.to_owned() })
            }
            Ok(answer) => {
                let sound = answer.records.into_iter().filter(|mx| is_host_name(&mx.exchange));
                let hosts: Vec<Wanted> = sound.map(wanted).collect();
                match hosts.is_empty() {
                    true => Err(Reason::NoAddress { wanted: "a name that can be looked up".into() }),
                    false => Ok(List { wanted: hosts, origin: Origin::Mx, vouched: answer.vouched }),
                }
            }
            Err(DnsError::NoData { vouched, .. }) => {
                let itself = wanted(Mx { preference: 0, exchange: domain.to_owned() });
                Ok(List { wanted: vec![itself], origin: Origin::Itself, vouched })
            }
            Err(DnsError::NoSuchName { .. }) => Err(Reason::NoSuchDomain { domain: domain.to_owned() }),
            Err(error) => Err(Reason::Dns(error)),
        }
    }

    async fn resolved(&self, wanted: Wanted, origin: Origin, preference: IpPreference) -> Exchanger {
        let addresses = match &wanted.host {
            Host::Address(address) => Ok(Addresses::of(*address)),
            Host::Name(name) => self.in_use.resolver.addresses(name).await,
        };
        let addresses = match addresses {
            Ok(addresses) => usable(&addresses, preference, self.source),
            Err(error) if error.is_absent() && origin == Origin::Itself => {
                Err(Reason::NoMailHost { domain: wanted.host.to_string() })
            }
            Err(error) if error.is_absent() => Err(Reason::NoAddress { wanted: "an address".into() }),
            Err(error) => Err(Reason::Dns(error)),
        };
        let Wanted { host, port, preference } = wanted;
        Exchanger { server_name: server_name(&host), host, port, preference, addresses }
    }

    /// Without this gateway, and the hosts that are no better: they would send the mail here (RFC 5321 section 5.1).
    fn without_ourselves(&self, exchangers: Vec<Exchanger>) -> Result<Vec<Exchanger>, Reason> {
        let own = exchangers.iter().filter(|exchanger| self.is_ourselves(exchanger));
        let Some(own) = own.min_by_key(|exchanger| exchanger.preference) else { return Ok(exchangers) };
        let (host, preference) = (own.host.to_string(), own.preference);
        let better: Vec<Exchanger> =
            exchangers.into_iter().filter(|exchanger| exchanger.preference < preference).collect();
        if better.is_empty() { Err(Reason::Loop { host }) } else { Ok(better) }
    }

    fn is_ourselves(&self, exchanger: &Exchanger) -> bool {
        let mut ports = self.own_ports.iter().filter(|(_, port)| *port == exchanger.port).peekable();
        if ports.peek().is_none() {
            return false;
        }
        // Behind a translated address the name is all that we know ourselves by.
        if matches!(&exchanger.host, Host::Name(name) if self.own_names.contains(name)) {
            return true;
        }
        let addresses: Vec<IpAddr> = exchanger.addresses.iter().flatten().copied().collect();
        ports.any(|(own, _)| match own.is_unspecified() {
            true => addresses.iter().any(|address| is_own(*address)),
            false => addresses.contains(own),
        })
    }
}

fn route_hosts(route: &Route, destination: &MailDomain) -> Result<Vec<Wanted>, Reason> {
    if route.targets.is_empty() {
        return Err(Reason::RouteDrops { domain: destination.to_string() });
    }
    let wanted = |host: &RouteHost| match host {
        RouteHost::Name(name) => Host::Name(name.to_string()),
        RouteHost::Address(address) => Host::Address(*address),
    };
    let targets = route.targets.iter();
    Ok(targets.map(|to| Wanted { host: wanted(&to.host), port: to.port, preference: to.priority }).collect())
}

/// By preference; equal ones in an order of chance, which shares the load (RFC 5321 section 5.1).
fn shuffle(wanted: &mut Vec<Wanted>) {
    let mut chance = vec![0; wanted.len() * 4];
    // Without random numbers they stay in the order of the server, which is one of chance too.
    let _ = aws_lc_rs::rand::fill(&mut chance);
    let mut keyed: Vec<_> =
        std::mem::take(wanted).into_iter().zip(chance.chunks(4)).map(|(wanted, chance)| (chance, wanted)).collect();
    keyed.sort_by(|(a, one), (b, other)| (one.preference, a).cmp(&(other.preference, b)));
    wanted.extend(keyed.into_iter().map(|(_, wanted)| wanted));
}

/// Addresses that may be tried, in order: by the preferred family, without those that no connection can go to.
fn usable(addresses: &Addresses, preference: IpPreference, source: Option<IpAddr>) -> Result<Vec<IpAddr>, Reason> {
    let v4 = addresses.v4.iter().filter(|address| !address.is_broadcast()).map(|address| IpAddr::V4(*address));
    let v6 = addresses.v6.iter().map(|address| IpAddr::V6(*address));
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = (v4.collect(), v6.collect());
    let (ordered, family) = match preference {
        IpPreference::PreferV6 => ([v6, v4].concat(), "an address"),
        IpPreference::PreferV4 => ([v4, v6].concat(), "an address"),
        IpPreference::RequireV6 => (v6, "an IPv6 address, which the destination requires"),
        IpPreference::RequireV4 => (v4, "an IPv4 address, which the destination requires"),
    };
    let reachable = |address: &IpAddr| source.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
    let sound = |address: &IpAddr| !address.is_unspecified() && !address.is_multicast();
    let some = !ordered.is_empty();
    let usable: Vec<IpAddr> = ordered.into_iter().filter(sound).filter(reachable).take(ADDRESSES).collect();
    let wanted = match source {
        Some(source) if some => format!("an address that can be reached from {source}"),
        _ => family.to_owned(),
    };
    if usable.is_empty() { Err(Reason::NoAddress { wanted }) } else { Ok(usable) }
}

/// When no host has an address, why.
fn nowhere_to_go(exchangers: &[Exchanger]) -> Result<(), Reason> {
    if exchangers.iter().any(|exchanger| exchanger.addresses.is_ok()) {
        return Ok(());
    }
    // A question without an answer may have one later, so it says more than the absence of others.
    let reasons = || exchangers.iter().filter_map(|exchanger| exchanger.addresses.as_ref().err());
    let told = reasons().find(|reason| matches!(reason, Reason::Dns(_))).or_else(|| reasons().next());
    told.map_or(Ok(()), |reason| Err(reason.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> Addresses {
        Addresses {
            v4: vec!["192.0.2.1".parse().unwrap(), "0.0.0.0".parse().unwrap()],
            v6: vec!["2001:db8::1".parse().unwrap(), "ff02::1".parse().unwrap()],
            ..Addresses::default()
        }
    }

    #[test]
    fn addresses_come_in_the_preferred_order() {
        let told = |preference, source: Option<&str>| {
            let source = source.map(|source| source.parse().unwrap());
            usable(&addresses(), preference, source)
                .map(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
                .map_err(|reason| reason.to_string())
        };
        assert_eq!(told(IpPreference::PreferV6, None).unwrap(), "2001:db8::1 192.0.2.1");
        assert_eq!(told(IpPreference::PreferV4, None).unwrap(), "192.0.2.1 2001:db8::1");
        assert_eq!(told(IpPreference::RequireV6, None).unwrap(), "2001:db8::1");
        assert_eq!(told(IpPreference::PreferV6, Some("192.0.2.9")).unwrap(), "192.0.2.1");
        let error = told(IpPreference::RequireV6, Some("192.0.2.9")).unwrap_err();
        assert_eq!(error, "no mail host has an address that can be reached from 192.0.2.9");
        let only_v4 = Addresses { v6: Vec::new(), ..addresses() };
        assert!(usable(&only_v4, IpPreference::RequireV6, None).is_err());
    }

    #[test]
    fn equal_hosts_share_the_load_and_the_others_keep_their_order() {
        let mut first = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let host = |name: &str, preference| Wanted { host: Host::Name(name.into()), port: 25, preference };
            let mut wanted = vec![host("last", 20), host("a", 10), host("b", 10), host("best", 5)];
            shuffle(&mut wanted);
            let names: Vec<String> = wanted.iter().map(|wanted| wanted.host.to_string()).collect();
            assert_eq!((names[0].as_str(), names[3].as_str()), ("best", "last"));
            first.insert(names[1].clone());
        }
        assert_eq!(first.len(), 2, "one of two equal hosts was always first");
    }
}
