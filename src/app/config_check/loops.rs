//! Mail that would come back here: routes to ourselves, and accepted domains without a route whose mail exchanger we are.

use std::net::IpAddr;

use crate::model::configuration::{Configuration, DomainKey, RouteHost, route_table};
use crate::model::diagnostic::Diagnostic;
use crate::model::host_name::HostName;
use crate::model::shell_word::shell_word;
use crate::sys::dns::{BlockingResolver, DnsError};

use super::View;

/// Domains that are asked about; the first tell, and nobody waits for a thousand answers.
const ASKED: usize = 50;

/// A route leads to a listener of this gateway.
pub(super) fn through_routes(view: &View<'_>) -> Vec<Diagnostic> {
    let ours = Ours::of(view.configuration);
    let mut told = Vec::new();
    for route in &view.configuration.routes {
        let here = route.targets.iter().find(|target| {
            let is_us = match &target.host {
                RouteHost::Name(name) => ours.has_name(name.as_str()),
                RouteHost::Address(address) => ours.has_address(*address),
            };
            is_us && view.configuration.listeners.iter().any(|listener| listener.port == target.port)
        });
        if let Some(target) = here {
            let domain = route_table(route.domain.as_ref());
            let message = format!("the route of `{domain}` leads back to this gateway");
            let diagnostic = Diagnostic::warning("route/loop", message)
                .fact(format!(
                    "`{target}` is where a listener listens; the mail would go round until it has too many hops"
                ))
                .help(format!("sealpost route set {} --hosts HOST", shell_word(&domain)));
            told.push(view.at(diagnostic, &["route", &domain, "hosts"]));
        }
    }
    told
}

/// Accepted domains without a route, by their mail exchangers.
pub(super) fn through_dns(view: &View<'_>, ask: bool, not_checked: &mut Vec<String>) -> Vec<Diagnostic> {
    let followed: Vec<(&str, &HostName)> = without_route(view.configuration);
    if followed.is_empty() {
        return Vec::new();
    }
    let mut told: Vec<Diagnostic> =
        followed.iter().map(|(listener, domain)| no_route(view, listener, domain)).collect();
    let resolver = ask.then(|| BlockingResolver::new(&view.configuration.dns.servers).ok()).flatten();
    let Some(resolver) = resolver else {
        not_checked.push(format!("whether mail for {} leads back here: DNS was not asked", listed(&followed)));
        return told;
    };
    let ours = Ours::of(view.configuration);
    for (index, (listener, domain)) in followed.iter().enumerate() {
        if index == ASKED {
            not_checked.push(format!("the MX records of {}: {ASKED} were asked for", listed(&followed[index..])));
            break;
        }
        match ours.exchanger(&resolver, domain) {
            Ok(Some(host)) => {
                if let Some(one) = told.get_mut(index) {
                    *one = leads_back(view, listener, domain, &host);
                }
            }
            Ok(None) => {}
            Err(error) if error.is_absent() => {}
            // A server that does not answer once does not answer the next question, and each would wait as long.
            Err(error) => {
                not_checked.push(format!("the MX records of {}: {error}", listed(&followed[index..])));
                break;
            }
        }
    }
    told
}

/// Domains that a listener accepts and that follow their MX records, each once.
fn without_route(configuration: &Configuration) -> Vec<(&str, &HostName)> {
    let has_route = |domain: &HostName| {
        let mut keys = configuration.routes.iter().map(|route| route.domain.as_ref());
        keys.any(|key| key.is_none_or(|key| key.covers(domain)))
    };
    let mut found: Vec<(&str, &HostName)> = Vec::new();
    for listener in &configuration.listeners {
        for DomainKey { below, domain } in &listener.domains {
            if !below && !has_route(domain) && !found.iter().any(|(_, known)| *known == domain) {
                found.push((&listener.name, domain));
            }
        }
    }
    found
}

fn no_route(view: &View<'_>, listener: &str, domain: &HostName) -> Diagnostic {
    let message = format!("mail for `{domain}` is accepted here and follows its MX records: it has no route");
    let diagnostic = Diagnostic::note("route/none", message)
        .help(format!("sealpost route set {domain} --hosts HOST, where its mailboxes are"));
    view.at(diagnostic, &["listener", listener, "domains"])
}

fn leads_back(view: &View<'_>, listener: &str, domain: &HostName, host: &str) -> Diagnostic {
    let message =
        format!("mail for `{domain}` leads back to this gateway: it has no route, and we are its mail exchanger");
    let diagnostic = Diagnostic::warning("route/loop", message)
        .fact(format!("MX record of {domain}: {host}"))
        .help(format!("sealpost route set {domain} --hosts HOST, where its mailboxes are"));
    view.at(diagnostic, &["listener", listener, "domains"])
}

fn listed(domains: &[(&str, &HostName)]) -> String {
    match domains {
        [(_, one)] => one.to_string(),
        [(_, first), rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    }
}

/// Names and addresses of this gateway.
struct Ours {
    names: Vec<String>,
    addresses: Vec<IpAddr>,
}

impl Ours {
    fn of(configuration: &Configuration) -> Ours {
        let interfaces = &configuration.interfaces;
        Ours {
            names: interfaces.iter().map(|interface| interface.hostname.to_string()).collect(),
            addresses: interfaces.iter().map(|one| one.address).filter(|address| !address.is_unspecified()).collect(),
        }
    }

    fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name.trim_end_matches('.')))
    }

    fn has_address(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    /// The first mail exchanger of `domain` that is this gateway, by name or by address.
    fn exchanger(&self, resolver: &BlockingResolver, domain: &HostName) -> Result<Option<String>, DnsError> {
        let hosts: Vec<String> = match resolver.mx(domain.as_str()) {
            Ok(answer) => {
                answer.records.into_iter().map(|record| record.exchange).filter(|host| !host.is_empty()).collect()
            }
            // RFC 5321 section 5.1: a domain without MX records is its own.
            Err(DnsError::NoData { .. }) => vec![domain.to_string()],
            Err(error) => return Err(error),
        };
        for host in hosts {
            if self.has_name(&host) {
                return Ok(Some(host));
            }
            let found = match resolver.addresses(&host) {
                Ok(found) => found,
                Err(error) if error.is_absent() => continue,
                Err(error) => return Err(error),
            };
            let all = found.v4.into_iter().map(IpAddr::V4).chain(found.v6.into_iter().map(IpAddr::V6));
            if let Some(address) = all.into_iter().find(|address| self.has_address(*address)) {
                return Ok(Some(format!("{host}, which is {address}")));
            }
        }
        Ok(None)
    }
}
