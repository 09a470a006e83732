//! `sealpost.toml`: what the gateway is made of. Read as a whole, with every mistake at its line and column.
//!
//! To add a table: a file here with its type, its keys, and a `read` that asks the `Reader` for them; its name in `TABLES`; a line in
//! `Configuration::read`; and if there is one such table, its keys in `SETTINGS`.

mod assignment;
mod bounce_profile;
mod bounce_verification;
mod delivery;
mod destination;
mod destination_reading;
mod destination_writing;
mod domain;
mod edit;
mod edit_array;
mod edit_comments;
mod edit_groups;
mod interface;
mod key;
mod listener;
mod mail_flow;
mod mail_flow_reading;
mod masking;
mod presenting;
mod problem;
mod quantity;
mod reader;
mod roles;
mod route;
mod section;
mod services;
mod settings;
mod settings_reading;
mod spots;
mod tls;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use assignment::{Assignment, Change};
pub use bounce_profile::{BounceProfile, DEFAULT_BOUNCE_PROFILE, KEYS as BOUNCE_PROFILE_KEYS};
pub use bounce_verification::BounceVerification;
pub use delivery::Delivery;
pub use destination::{
    DeliveryTls, Destination, DestinationControls, Destinations, IpPreference, LimitApply, LimitScope, MxNames,
    RecipientLimit,
};
pub use destination_reading::{KEYS as DESTINATION_KEYS, destination_table, recipients, recipients_text};
pub use destination_writing::{destination_texts, destination_values};
pub use domain::{DomainKey, host_name};
pub use edit::Edit;
pub use interface::{Interface, KEYS as INTERFACE_KEYS};
pub use key::{Key, Kind, TableKeys};
pub use listener::{BareLineEnds, Exposure, KEYS as LISTENER_KEYS, Listener};
pub use mail_flow::{Action, AddressPattern, ClientUsage, ListenerTls, MailFlowPolicy, SenderGroup, SenderPattern};
pub use mail_flow_reading::{BUILT_IN_POLICIES, GROUP_KEYS, POLICY_KEYS};
pub use masking::{Masks, masked};
pub use problem::{Mistake, Problem, nearest};
pub use quantity::{duration as duration_text, size as size_text};
pub use roles::Roles;
pub use route::{KEYS as ROUTE_KEYS, Route, RouteHost, RouteTarget, route_domain, route_table};
pub use services::{ClientService, ClientTls, KEYS as SERVICE_KEYS, Ldap};
pub use settings::{Alerts, Authorities, Dns, Limits, Log, Metrics, System};
pub use spots::Spots;
pub use tls::{CIPHERS, TlsByService, TlsSettings, TlsVersion};
pub use words::Word;

use toml_edit::Table;

use crate::model::host_name::HostName;
use crate::model::role::Role;
use reader::{Beside, Reader};

/// Tables of the top level.
const TABLES: &[&str] = &[
    "system",
    "interface",
    "listener",
    "delivery",
    "destination",
    "bounce-profile",
    "bounce-verification",
    "route",
    "role",
    "ldap",
    "urlfilter",
    "service",
    "authorities",
    "alerts",
    "tls",
    "dns",
    "limits",
    "log",
    "metrics",
];

/// The tables that there are once and that are set key by key, in the order in which people are shown them.
pub const SETTINGS: &[&TableKeys] = &[
    &settings_reading::SYSTEM,
    &delivery::TABLE,
    &settings_reading::ALERTS,
    &settings_reading::AUTHORITIES,
    &bounce_verification::TABLE,
    &tls::INBOUND,
    &tls::OUTBOUND,
    &tls::HTTPS,
    &settings_reading::DNS,
    &services::LDAP,
    &services::URLFILTER,
    &settings_reading::LIMITS,
    &settings_reading::LOG,
    &settings_reading::METRICS,
];

/// What `init` writes; `{hostname}` stands for the host name of the first interface.
const TEMPLATE: &str = include_str!("../../../templates/sealpost.toml");

/// A configuration without mistakes, and the text it was read from, comments and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    text: String,
    /// In the order of the file; at least one.
    pub interfaces: Vec<Interface>,
    pub listeners: Vec<Listener>,
    pub delivery: Delivery,
    pub destinations: Destinations,
    /// By name, beside the built-in `(Default)`.
    pub bounce_profiles: BTreeMap<String, BounceProfile>,
    pub bounce_verification: BounceVerification,
    pub routes: Vec<Route>,
    pub roles: Roles,
    pub ldap: Option<Ldap>,
    pub urlfilter: Option<ClientService>,
    pub services: Vec<ClientService>,
    pub system: System,
    pub authorities: Authorities,
    pub alerts: Alerts,
    pub tls: TlsByService,
    pub dns: Dns,
    pub limits: Limits,
    pub log: Log,
    pub metrics: Metrics,
}

impl Configuration {
    /// Reads a configuration. The error holds every mistake, in the order of the file.
    pub fn parse(text: &str) -> Result<Configuration, Vec<Problem>> {
        let mut reader = Reader::new(text);
        let document = reader.document()?;
        let configuration = Configuration::read(&mut reader, document.as_table());
        reader.finish()?;
        Ok(configuration)
    }

    /// What others refer to is read before them: interfaces before listeners, bounce profiles before destinations, roles last.
    fn read(reader: &mut Reader<'_>, root: &Table) -> Configuration {
        reader.section(root, &[], &[], Beside::Tables(TABLES));
        let interfaces = interface::read(reader, root);
        let listeners = listener::read(reader, root, &interfaces);
        let bounce_profiles = bounce_profile::read(reader, root);
        Configuration {
            text: reader.text().to_owned(),
            delivery: delivery::read(reader, root),
            destinations: destination_reading::read(reader, root),
            bounce_verification: bounce_verification::read(reader, root),
            routes: route::read(reader, root),
            ldap: services::read_ldap(reader, root),
            urlfilter: services::read_urlfilter(reader, root),
            services: services::read_services(reader, root),
            system: settings_reading::read_system(reader, root),
            authorities: settings_reading::read_authorities(reader, root),
            alerts: settings_reading::read_alerts(reader, root),
            tls: tls::read(reader, root),
            dns: settings_reading::read_dns(reader, root),
            limits: settings_reading::read_limits(reader, root),
            log: settings_reading::read_log(reader, root),
            metrics: settings_reading::read_metrics(reader, root),
            roles: roles::read(reader, root),
            interfaces,
            listeners,
            bounce_profiles,
        }
    }

    /// The configuration of a new home.
    pub fn first(hostname: &HostName) -> String {
        TEMPLATE.replace("{hostname}", hostname.as_str())
    }

    /// The text as it stands in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.name == name)
    }

    pub fn listener(&self, name: &str) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.name == name)
    }

    /// The bounce profile of this name; `None` is the one that rows without a profile use.
    pub fn bounce_profile(&self, name: Option<&str>) -> BounceProfile {
        self.bounce_profiles.get(name.unwrap_or(DEFAULT_BOUNCE_PROFILE)).cloned().unwrap_or_default()
    }

    /// The interface that outgoing connections leave from: the configured one, else the first.
    pub fn delivery_interface(&self) -> Option<&Interface> {
        match &self.delivery.interface {
            Some(name) => self.interface(name),
            None => self.interfaces.first(),
        }
    }

    /// The host name that a certificate for `role` must carry; the error is the name of what is not configured.
    pub fn hostname_for(&self, role: &Role) -> Result<String, NotConfigured> {
        let interface = match role {
            Role::Listener { host: Some(host), name } => {
                self.listener(name).ok_or_else(|| self.no_listener(name))?;
                return Ok(host.clone());
            }
            Role::Listener { name, host: None } => {
                let listener = self.listener(name).ok_or_else(|| self.no_listener(name))?;
                self.interface(&listener.interface).ok_or_else(|| self.no_interface(&listener.interface))?
            }
            Role::Https { interface } => self.interface(interface).ok_or_else(|| self.no_interface(interface))?,
            // All clients connect from where deliveries leave.
            Role::Outbound { .. } | Role::Ldap | Role::UrlFilter | Role::Service { .. } => {
                self.delivery_interface().ok_or_else(|| self.no_interface("auto"))?
            }
        };
        Ok(interface.hostname.to_string())
    }

    fn no_listener(&self, name: &str) -> NotConfigured {
        let known = self.listeners.iter().map(|listener| listener.name.clone()).collect();
        NotConfigured { what: "listener", name: name.to_owned(), known }
    }

    fn no_interface(&self, name: &str) -> NotConfigured {
        let known = self.interfaces.iter().map(|interface| interface.name.clone()).collect();
        NotConfigured { what: "interface", name: name.to_owned(), known }
    }
}

/// A name that the configuration does not know, and those it knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} `{name}`")]
pub struct NotConfigured {
    pub what: &'static str,
    pub name: String,
    pub known: Vec<String>,
}
