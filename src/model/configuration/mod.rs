//! `sealpost.toml`: what the gateway is made of. Read as a whole, with every mistake at its line and column.
//!
//! To add a table: a file here with its type and a `read` that asks the `Reader` for its keys, its name in `TABLES`,
//! and a line in `Configuration::parse`.

mod bounce_profile;
mod bounce_verification;
mod delivery;
mod destination;
mod domain;
mod edit;
mod interface;
mod listener;
mod mail_flow;
mod masking;
mod presenting;
mod reader;
mod roles;
mod route;
mod services;
mod settings;
mod tls;
mod words;

use std::collections::BTreeMap;

pub use bounce_profile::BounceProfile;
pub use bounce_verification::BounceVerification;
pub use delivery::Delivery;
pub use destination::{
    DeliveryTls, Destination, DestinationControls, Destinations, IpPreference, LimitApply, LimitScope, MxNames,
    RecipientLimit,
};
pub use domain::DomainKey;
pub use edit::Edit;
pub use interface::Interface;
pub use listener::{Exposure, Listener};
pub use mail_flow::{Action, AddressPattern, ClientUsage, ListenerTls, MailFlowPolicy, SenderGroup, SenderPattern};
pub use masking::masked;
pub use reader::Problem;
pub use roles::Roles;
pub use route::{Route, RouteHost, RouteTarget};
pub use services::{ClientService, ClientTls, Ldap};
pub use settings::{Alerts, Authorities, Dns, Limits, Log, Metrics, System};
pub use tls::{TlsByService, TlsSettings, TlsVersion};
pub use words::Word;

use crate::model::host_name::HostName;
use crate::model::role::Role;
use reader::Reader;

/// Tables of the top level.
const TABLES: [&str; 3] = ["interface", "listener", "delivery"];

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
        reader.no_others(document.as_table(), "", &TABLES);
        let interfaces = interface::read(&mut reader, document.as_table());
        let listeners = listener::read(&mut reader, document.as_table(), &interfaces);
        let delivery = delivery::read(&mut reader, document.as_table(), &interfaces);
        reader.finish()?;
        Ok(Configuration {
            text: text.to_owned(),
            interfaces,
            listeners,
            delivery,
            destinations: Destinations::default(),
            bounce_profiles: BTreeMap::new(),
            bounce_verification: BounceVerification::default(),
            routes: Vec::new(),
            roles: Roles::default(),
            ldap: None,
            urlfilter: None,
            services: Vec::new(),
            system: System::default(),
            authorities: Authorities::default(),
            alerts: Alerts::default(),
            tls: TlsByService::default(),
            dns: Dns::default(),
            limits: Limits::default(),
            log: Log::default(),
            metrics: Metrics::default(),
        })
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
