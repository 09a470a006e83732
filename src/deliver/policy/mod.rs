//! Where mail to a domain goes, and how it is protected on the way: `Planned`, which nobody else can make, and without which nobody
//! connects.
//!
//! ```text
//! sources   which of several policies holds for the domain
//! hosts     SMTP route, MX records or the domain itself, in the order in which they are tried
//! ```

mod hosts;
mod sources;

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;

use crate::model::configuration::{
    Configuration, DeliveryTls, Destination, DestinationControls, Destinations, DomainKey, MxNames, Route,
};
use crate::model::host_name::HostName;
use crate::trust::reference::Reference;

use super::engine::InUse;
use super::envelope::MailDomain;
use super::identity::{Class, Named, References, Source};
use super::outcome::Reason;

pub use hosts::{Exchanger, Host};
pub use sources::{PolicySource, TlsPolicy};

/// Where mail hosts listen (RFC 5321 section 4.5.4.2).
const SMTP: u16 = 25;

/// One revision, made ready for the question where mail goes.
pub struct Policy {
    in_use: Arc<InUse>,
    /// Index in the configuration, by domain key; `None` is `ALL`.
    routes: HashMap<Option<String>, usize>,
    /// Host names of this gateway's own listeners.
    own_names: HashSet<String>,
    /// Where it listens.
    own_ports: Vec<(IpAddr, u16)>,
    /// What every connection binds to; `None` leaves it to the kernel.
    source: Option<IpAddr>,
    hello: String,
    port: u16,
    /// What holds in place of the configuration's destination controls.
    fixed: Option<Destinations>,
}

/// A decision about one domain: the hosts to try in turn, and what each connection must reach.
#[derive(Clone)]
pub struct Planned {
    in_use: Arc<InUse>,
    destination: MailDomain,
    controls: DestinationControls,
    tls: TlsPolicy,
    references: References,
    exchangers: Vec<Exchanger>,
    source: Option<IpAddr>,
    hello: String,
}

impl Policy {
    pub fn new(in_use: Arc<InUse>) -> Policy {
        Policy::with_port(in_use, SMTP)
    }

    /// Routes hold, destination controls do not: TLS where it is offered, so that no setting keeps an alert from being sent.
    pub fn for_alerts(in_use: Arc<InUse>) -> Policy {
        let own = Destination { tls: Some(DeliveryTls::Preferred), ..Destination::default() };
        Policy { fixed: Some(Destinations { default: own, ..Destinations::default() }), ..Policy::new(in_use) }
    }

    /// For mail hosts that listen elsewhere.
    pub fn with_port(in_use: Arc<InUse>, port: u16) -> Policy {
        let configuration = in_use.live.configuration();
        let key = |route: &Route| route.domain.as_ref().map(DomainKey::to_string);
        let routes = configuration.routes.iter().enumerate().map(|(index, route)| (key(route), index)).collect();
        let listening: Vec<_> = configuration
            .listeners
            .iter()
            .filter_map(|listener| Some((configuration.interface(&listener.interface)?, listener.port)))
            .collect();
        Policy {
            routes,
            own_names: listening.iter().map(|(interface, _)| interface.hostname.to_string()).collect(),
            own_ports: listening.iter().map(|(interface, port)| (interface.address, *port)).collect(),
            source: source(configuration),
            hello: hello(configuration),
            port,
            fixed: None,
            in_use,
        }
    }

    pub fn in_use(&self) -> &Arc<InUse> {
        &self.in_use
    }

    /// What holds for mail to a domain; the default row for an address literal.
    pub fn controls(&self, destination: &MailDomain) -> DestinationControls {
        let destinations = self.fixed.as_ref().unwrap_or(&self.in_use.live.configuration().destinations);
        destinations.controls(destination.name())
    }

    /// Decides about a domain. Asks DNS; the reason says why there is nowhere to go.
    pub async fn plan(&self, destination: &MailDomain) -> Result<Planned, Reason> {
        let controls = self.controls(destination);
        let found = self.hosts(destination, &controls).await?;
        let tls = sources::decide(&controls);
        let references = match (tls.setting.verifies(), destination) {
            (true, MailDomain::Name(domain)) => self.references(domain, &controls, &tls, &found),
            _ => References::default(),
        };
        Ok(Planned {
            in_use: self.in_use.clone(),
            destination: destination.clone(),
            controls,
            tls,
            references,
            exchangers: found.exchangers,
            source: self.source,
            hello: self.hello.clone(),
        })
    }

    fn route(&self, domain: Option<&HostName>) -> Option<&Route> {
        let own = domain.and_then(|domain| DomainKey::covering(domain).find_map(|key| self.routes.get(&Some(key))));
        // An address literal says itself where it goes.
        let index = own.or_else(|| domain.and(self.routes.get(&None)))?;
        self.in_use.live.configuration().routes.get(*index)
    }

    /// Reference identities: the domain, the destination's own list, and for the hosted setting the names of the hosts.
    fn references(
        &self,
        domain: &HostName,
        controls: &DestinationControls,
        tls: &TlsPolicy,
        found: &hosts::Found,
    ) -> References {
        let named = |name: &str, source| Named { reference: Reference::Dns(name.to_owned()), source };
        let own = [named(domain.as_str(), Source::Domain)].into_iter();
        let listed = controls.verify_names.iter().map(|name| named(name.as_str(), Source::Config));
        let hosted = tls.setting == DeliveryTls::RequiredVerifyHosted;
        let hosts = found.names.iter().filter(|_| hosted).filter_map(|name| {
            let source = match (found.routed, found.vouched) {
                (true, _) => Source::Route,
                (false, true) => Source::MxDnssec,
                (false, false) => Source::Mx,
            };
            (source != Source::Mx || controls.mx_names == MxNames::Any).then(|| named(name, source))
        });
        References::new(own.chain(listed).chain(hosts))
    }
}

impl Planned {
    pub fn in_use(&self) -> &Arc<InUse> {
        &self.in_use
    }

    pub fn destination(&self) -> &MailDomain {
        &self.destination
    }

    pub fn controls(&self) -> &DestinationControls {
        &self.controls
    }

    pub fn tls(&self) -> &TlsPolicy {
        &self.tls
    }

    /// The names that a certificate may have; empty unless the setting verifies, and for address literals.
    pub fn references(&self) -> &References {
        &self.references
    }

    pub fn class(&self) -> Class {
        if self.tls.setting.verifies() { Class::Checked } else { Class::Unchecked }
    }

    /// In the order in which they are tried; never empty.
    pub fn exchangers(&self) -> &[Exchanger] {
        &self.exchangers
    }

    /// What connections bind to.
    pub fn source(&self) -> Option<IpAddr> {
        self.source
    }

    /// What connections say with EHLO.
    pub fn hello(&self) -> &str {
        &self.hello
    }

    /// The certificate that we show when we are asked.
    pub fn client_certificate(&self) -> Option<&Arc<CertifiedKey>> {
        self.in_use.live.client(self.destination.name())
    }
}

/// The address of the delivery interface, if the configuration names one that is an address of its own.
fn source(configuration: &Configuration) -> Option<IpAddr> {
    let named = configuration.delivery.interface.as_deref().and_then(|name| configuration.interface(name));
    named.map(|interface| interface.address).filter(|address| !address.is_unspecified())
}

fn hello(configuration: &Configuration) -> String {
    configuration
        .delivery_interface()
        .map_or_else(|| "localhost".to_owned(), |interface| interface.hostname.to_string())
}

/// The name that is asked for in a handshake: none for an address.
fn server_name(host: &Host) -> Option<ServerName<'static>> {
    match host {
        Host::Name(name) => ServerName::try_from(name.clone()).ok(),
        Host::Address(_) => None,
    }
}
