//! A gateway for one `send`: no home, one destination row, and a route where a host is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::deliver::engine::InUse;
use crate::deliver::envelope::Address;
use crate::deliver::gateway::{Gateway, Identity};
use crate::deliver::live::Live;
use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::configuration::{Configuration, Route};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::moment::Moment;
use crate::model::private_key::PrivateKey;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::sys::{authorities, input};
use crate::trust::link::Link;
use crate::trust::peer::Anchors;

use super::{SendOrder, unreadable};

/// Octets of a file with certificates.
const FILE_LIMIT: u64 = 16 << 20;

pub(super) fn in_use(order: &SendOrder, to: &[Address], _now: Moment) -> Result<Arc<InUse>, Diagnostics> {
    let mut configuration = configuration(order)?;
    let mut identities = BTreeMap::new();
    if let Some(file) = &order.client_certificate {
        let name: ProfileName =
            "client".parse().map_err(|_| Diagnostic::error("send/client-certificate", "the profile has no name"))?;
        identities.insert(name.clone(), identity(file)?);
        configuration.roles.bound.insert(Role::Outbound { domain: None }, vec![name]);
    }
    if let Some(target) = &order.host
        && let Some(address) = to.first()
    {
        // An address literal has no route: it is where the mail goes.
        let targets = vec![target.clone()];
        if address.domain().name().is_some() {
            configuration.routes.push(Route { domain: None, targets });
        }
    }
    let gateway = Gateway {
        revision: 0,
        configuration,
        identities,
        demo: ProfileName::demo(),
        anchors: Arc::new(anchors(&order.trust)?),
    };
    let live = Live::load(gateway).map_err(|error| {
        Diagnostic::error("send/client-certificate", "the client certificate cannot be used").fact(error.to_string())
    })?;
    Ok(Arc::new(InUse::new(live)))
}

fn configuration(order: &SendOrder) -> Result<Configuration, Diagnostics> {
    let text = format!("[interface.send]\naddress = \"0.0.0.0\"\nhostname = \"{}\"\n", order.hello);
    let mut configuration = Configuration::parse(&text).map_err(|problems| {
        let told = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        Diagnostic::error("send/hostname", "the name for EHLO cannot be used").fact(told)
    })?;
    let row = &mut configuration.destinations.default;
    row.tls = Some(order.tls);
    row.verify_names = Some(order.verify_names.clone());
    row.messages_per_connection = Some(order.messages_per_connection);
    configuration.dns.servers = order.dns.clone();
    Ok(configuration)
}

fn identity(file: &str) -> Result<Identity, Diagnostics> {
    let bytes = input::read(file, FILE_LIMIT).map_err(|error| unreadable(file, &error.to_string()))?.bytes;
    let blocks = pem::blocks(&bytes).map_err(|error| unreadable(file, &error.to_string()))?;
    let mut chain = Vec::new();
    let mut key = None;
    for (label, der) in &blocks {
        if label == "CERTIFICATE" {
            chain.push(Certificate::from_der(der).map_err(|error| unreadable(file, &error.to_string()))?);
        } else if label.ends_with("PRIVATE KEY") {
            key = Some(PrivateKey::from_der(der).map_err(|error| unreadable(file, &error.to_string()))?);
        }
    }
    match (key, chain.is_empty()) {
        (Some(key), false) => Ok(Identity { key, chain }),
        _ => Err(unreadable(file, "it needs a certificate and its private key as PEM").into()),
    }
}

/// Everything in the files; the system's list only when it is named, or nothing is.
fn anchors(trust: &[String]) -> Result<Anchors, Diagnostics> {
    let mut links = Vec::new();
    let system = ["system".to_owned()];
    let wanted = if trust.is_empty() { &system } else { trust };
    for source in wanted {
        let (name, bytes) = match source.as_str() {
            "none" => continue,
            "system" => match authorities::system_bundle() {
                Ok(Some((path, bytes))) => (path.to_string_lossy().into_owned(), bytes),
                Ok(None) => continue,
                Err(error) => return Err(unreadable("the system's authorities", &error.to_string()).into()),
            },
            file => (
                file.to_owned(),
                input::read(file, FILE_LIMIT).map_err(|error| unreadable(file, &error.to_string()))?.bytes,
            ),
        };
        let blocks = pem::blocks(&bytes).map_err(|error| unreadable(&name, &error.to_string()))?;
        let certificates = blocks.into_iter().filter(|(label, _)| label == "CERTIFICATE");
        let before = links.len();
        links.extend(certificates.filter_map(|(_, der)| Link::from_der(der).ok()));
        if links.len() == before {
            return Err(unreadable(&name, "it holds no certificate as PEM").into());
        }
    }
    Ok(Anchors::new(links))
}
