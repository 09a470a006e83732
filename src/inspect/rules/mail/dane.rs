//! What the DANE rules share: which published records count for the services that the leaf is for, and which of them stand for which
//! certificates (RFC 7671, RFC 7672).

use std::collections::{BTreeSet, HashSet};

use crate::inspect::bundle::{Bundle, Member, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::Said;
use crate::model::tlsa::{Published, Tlsa, Unusable, Usage};
use crate::trust::reference::Reference;

/// What DNS publishes for one port of one host.
#[derive(Debug)]
pub struct Service<'a> {
    /// `None` where neither names nor the certificate tell the host: then all records of the port are those of one service.
    pub host: Option<String>,
    pub port: u16,
    /// What clients go by.
    pub used: Vec<&'a Tlsa>,
    /// Left out of account because the same is published with a stronger digest.
    pub outranked: Vec<&'a Tlsa>,
    pub unusable: Vec<(&'a Tlsa, Unusable)>,
}

/// The services whose records the chain must fit; `None` where no records were given, or no leaf is there.
///
/// The hosts are those that were asked about; without any, those of the certificate's names that have records; without those, the
/// records of the port are taken together.
pub fn services<'a>(bundle: &Bundle<'_>, question: &'a Question) -> Option<Vec<Service<'a>>> {
    let (published, leaf) = (question.tlsa.as_ref()?, bundle.leaf()?);
    let port = question.ruleset.port;
    let asked = asked(leaf, question);
    let hosts = if asked.is_empty() { of_certificate(leaf, port, published) } else { asked };
    let service = |host: String| {
        let mut records = published.of_service(port, &host);
        records.extend(published.nameless());
        Service::new(Some(host), port, records)
    };
    let services: Vec<Service<'a>> = hosts.into_iter().map(service).collect();
    if !services.is_empty() {
        return Some(services);
    }
    let hosts = of_port(port, published);
    let mut records: Vec<&Tlsa> = hosts.iter().flat_map(|host| published.of_service(port, host)).collect();
    records.extend(published.nameless());
    Some(vec![Service::new(None, port, records)])
}

/// Host names that were asked about; of mail exchangers those that the leaf covers, if it covers any.
fn asked(leaf: &Member, question: &Question) -> Vec<String> {
    let named = question.names.iter().filter_map(|name| match name {
        Reference::Dns(host) => Some(host.clone()),
        _ => None,
    });
    let exchangers = question.exchangers.iter().filter(|host| !host.starts_with("*."));
    let (covered, others): (Vec<&String>, Vec<&String>) = exchangers.partition(|host| {
        let reference = host.parse::<Reference>();
        leaf.link.as_ref().is_ok_and(|link| reference.is_ok_and(|reference| reference.is_presented_by(link)))
    });
    let mut hosts: Vec<String> = named.chain(covered.into_iter().cloned()).collect();
    if hosts.is_empty() {
        hosts.extend(others.into_iter().cloned());
    }
    let mut seen = HashSet::new();
    hosts.retain(|host| seen.insert(host.clone()));
    hosts
}

/// Names of the certificate at which there are records, wildcards included.
fn of_certificate(leaf: &Member, port: u16, published: &Published) -> Vec<String> {
    let names: BTreeSet<String> = leaf.found.certificate.dns_names().map(str::to_ascii_lowercase).collect();
    let is_below_wildcard =
        |host: &String| host.split_once('.').is_some_and(|(_, parent)| names.contains(&format!("*.{parent}")));
    let mut hosts: BTreeSet<String> = of_port(port, published).into_iter().filter(is_below_wildcard).collect();
    let has_records = |name: &&String| !published.of_service(port, name).is_empty();
    hosts.extend(names.iter().filter(has_records).cloned());
    hosts.into_iter().collect()
}

/// Hosts that have records for the port.
fn of_port(port: u16, published: &Published) -> Vec<String> {
    let prefix = format!("_{port}._tcp.");
    let hosts = published.names().into_iter().filter_map(|name| name.strip_prefix(&prefix));
    hosts.map(str::to_owned).collect()
}

impl<'a> Service<'a> {
    fn new(host: Option<String>, port: u16, records: Vec<&'a Tlsa>) -> Service<'a> {
        let mut service = Service { host, port, used: Vec::new(), outranked: Vec::new(), unusable: Vec::new() };
        let mut usable = Vec::new();
        for record in records {
            match record.unusable(port == MAIL) {
                Some(why) => service.unusable.push((record, why)),
                None => usable.push(record),
            }
        }
        (service.outranked, service.used) =
            usable.iter().partition(|record| usable.iter().any(|other| record.is_outranked_by(other)));
        service
    }

    /// `_25._tcp.mx1.example.com`, or the port alone.
    pub fn name(&self) -> String {
        match &self.host {
            Some(host) => format!("_{}._tcp.{host}", self.port),
            None => format!("port {}", self.port),
        }
    }

    /// One record that fits is enough for a peer (RFC 7671 section 5), whatever the others say.
    pub fn is_satisfied(&self, bundle: &Bundle<'_>) -> bool {
        self.used.iter().any(|record| fits(record, bundle))
    }

    /// The records of one usage that clients go by.
    pub fn of_usage(&self, usage: Usage) -> Vec<&'a Tlsa> {
        self.used.iter().copied().filter(|record| record.usage() == Some(usage)).collect()
    }

    /// Adds what would have fitted and does not count.
    pub fn with_what_does_not_count(&self, mut said: Said, bundle: &Bundle<'_>, published: &Published) -> Said {
        for record in self.outranked.iter().filter(|record| fits(record, bundle)).take(TOLD) {
            said = said
                .fact(format!("not used: {record} fits, but clients go by the SHA-512 record beside it (RFC 7671 9)"));
        }
        let own = self.name();
        let mut elsewhere = published.names();
        elsewhere
            .retain(|name| *name != own && (self.host.is_some() || !name.starts_with(&format!("_{}.", self.port))));
        let fits_at = |name: &&str| published.exactly_at(name).iter().any(|record| fits(record, bundle));
        for name in elsewhere.into_iter().filter(fits_at).take(TOLD) {
            said = said.fact(format!("not for this server: a record of {name} fits"));
        }
        said
    }
}

/// The port of mail between servers.
const MAIL: u16 = 25;

/// Records that are listed.
pub const TOLD: usize = 8;

/// The record stands for a certificate at its place in the chain.
pub fn fits(record: &Tlsa, bundle: &Bundle<'_>) -> bool {
    match record.usage() {
        Some(Usage::Server | Usage::ServerConstraint) => {
            bundle.leaf().is_some_and(|leaf| record.matches(&leaf.found.certificate))
        }
        Some(Usage::TrustAnchor | Usage::AuthorityConstraint) => authority(bundle, record).is_some_and(on_a_path),
        None => false,
    }
}

/// The certificate of the file that a record of usage 2 stands for; one on a path from the leaf first.
pub fn authority<'a>(bundle: &'a Bundle<'_>, record: &Tlsa) -> Option<&'a Member> {
    let fits = |member: &&Member| member.standing != Standing::Leaf && record.matches(&member.found.certificate);
    bundle.members.iter().filter(fits).min_by_key(|member| !on_a_path(member))
}

fn on_a_path(member: &Member) -> bool {
    matches!(member.standing, Standing::Intermediate | Standing::Root | Standing::Alternative)
}
