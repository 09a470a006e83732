//! A revision compiled for use: TLS configurations, client identities, trust anchors. Swapped whole, never changed.
//!
//! Session tickets and caches belong to it: a connection of the next revision cannot resume with a certificate of this one.

mod client_certificate;
mod parameters;
mod presenting;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, ServerConfig};

use super::gateway::{Gateway, Identity};
use crate::model::configuration::{Configuration, Listener};
use crate::model::host_name::HostName;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::sys::library_error;
use crate::trust::peer::Anchors;

pub use client_certificate::{Asking, any_client};
pub use parameters::Parameters;
use presenting::Presenting;

/// What the engine runs on.
#[derive(Debug)]
pub struct Live {
    gateway: Gateway,
    servers: BTreeMap<String, ServerTls>,
    clients: BTreeMap<Role, Arc<CertifiedKey>>,
    outbound: Parameters,
    served: Vec<Served>,
}

/// The TLS of one listener.
#[derive(Debug, Clone)]
pub struct ServerTls {
    pub plain: Arc<ServerConfig>,
    /// Also asks for a client certificate, accepts any whose handshake signature is right, and leaves judging it to the listener. Its
    /// tickets are its own: a session in which nothing was asked does not resume here.
    pub asking: Arc<ServerConfig>,
}

/// A certificate that a role presents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Served {
    pub role: String,
    pub profile: String,
    /// SHA-256 of the leaf, lower-case hexadecimal.
    pub sha256: String,
    /// The role has no profile of its own.
    pub demo: bool,
    /// Seconds since 1970.
    pub not_after: i64,
}

/// Everything that keeps a revision from running; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct LoadError(pub Vec<LoadProblem>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadProblem {
    /// The profile does not exist, or holds no certificate yet.
    #[error("{role} names the profile {profile}, which has no certificate")]
    NoCertificate { role: Role, profile: ProfileName },
    /// In the words of the TLS library.
    #[error("the profile {profile} cannot be loaded: {reason}")]
    Unloadable { profile: ProfileName, reason: String },
    /// A server role holds at most one ECDSA or Ed25519 profile and one RSA profile; a client role one.
    #[error("{role} names more profiles of one kind than it can present")]
    Crowded { role: Role, profiles: Vec<ProfileName> },
    #[error("{service} names the cipher {name}, which the TLS library does not have")]
    UnknownCipher { service: &'static str, name: String },
    /// No cipher is left for any of the versions, or no version is.
    #[error("{service} leaves no protocol version with a cipher")]
    NothingLeft { service: &'static str },
}

impl Live {
    /// The engine's own load: after it, nothing in the revision can keep the engine from serving it.
    pub fn load(gateway: Gateway) -> Result<Live, LoadError> {
        let mut problems = Vec::new();
        let tls = &gateway.configuration.tls;
        let inbound = Parameters::of("inbound", &tls.inbound, &mut problems);
        let outbound = Parameters::of("outbound", &tls.outbound, &mut problems);
        let mut loading = Loading { gateway: &gateway, keys: BTreeMap::new(), served: Vec::new(), problems };
        let mut presenting = Vec::new();
        for listener in &gateway.configuration.listeners {
            presenting.extend(loading.presenting(listener).map(|keys| (listener.name.clone(), keys)));
        }
        let clients = loading.clients();
        let Loading { served, problems, .. } = loading;
        let (Some(inbound), Some(outbound), []) = (inbound, outbound, problems.as_slice()) else {
            return Err(LoadError(problems));
        };
        let servers = presenting.into_iter().map(|(name, keys)| Ok((name, ServerTls::new(&inbound, keys)?)));
        let servers = servers.collect::<Result<_, LoadProblem>>().map_err(|problem| LoadError(vec![problem]))?;
        Ok(Live { servers, clients, outbound, served, gateway })
    }

    pub fn revision(&self) -> u32 {
        self.gateway.revision
    }

    pub fn configuration(&self) -> &Configuration {
        &self.gateway.configuration
    }

    pub fn anchors(&self) -> &Anchors {
        &self.gateway.anchors
    }

    /// The TLS of the listener `name`.
    pub fn server(&self, name: &str) -> Option<&ServerTls> {
        self.servers.get(name)
    }

    /// The client certificate for deliveries to `domain`; `None` shows none.
    pub fn client(&self, domain: Option<&HostName>) -> Option<&Arc<CertifiedKey>> {
        let own =
            domain.and_then(|domain| self.clients.get(&Role::Outbound { domain: Some(domain.as_str().to_owned()) }));
        own.or_else(|| self.clients.get(&Role::Outbound { domain: None }))
    }

    /// Versions and ciphers of deliveries.
    pub fn outbound(&self) -> &Parameters {
        &self.outbound
    }

    /// What each role presents now.
    pub fn served(&self) -> &[Served] {
        &self.served
    }
}

/// A load under way: keys are made ready once, problems are collected.
struct Loading<'a> {
    gateway: &'a Gateway,
    keys: BTreeMap<ProfileName, Option<Arc<CertifiedKey>>>,
    served: Vec<Served>,
    problems: Vec<LoadProblem>,
}

impl Loading<'_> {
    /// The certificates of a listener, by the name that the client asks for.
    fn presenting(&mut self, listener: &Listener) -> Option<Presenting> {
        let default = self.server_keys(&Role::Listener { name: listener.name.clone(), host: None });
        let mut presenting = Presenting::new(default?);
        let bound = self.gateway.configuration.roles.bound.keys();
        for role in bound {
            if let Role::Listener { name, host: Some(host) } = role
                && *name == listener.name
            {
                presenting.add(host.clone(), self.server_keys(role)?);
            }
        }
        Some(presenting)
    }

    /// The keys of a server role, or Demo.
    fn server_keys(&mut self, role: &Role) -> Option<Vec<Arc<CertifiedKey>>> {
        let bound = self.gateway.configuration.roles.profiles(role).to_vec();
        let demo = bound.is_empty();
        let profiles = if demo { vec![self.gateway.demo.clone()] } else { bound };
        let keys: Option<Vec<_>> = profiles.iter().map(|profile| self.key(role, profile, demo)).collect();
        let keys = keys?;
        let rsa = keys.iter().filter(|key| presenting::is_rsa(key)).count();
        if rsa > 1 || keys.len() - rsa > 1 {
            self.problems.push(LoadProblem::Crowded { role: role.clone(), profiles });
            return None;
        }
        Some(keys)
    }

    fn clients(&mut self) -> BTreeMap<Role, Arc<CertifiedKey>> {
        let mut clients = BTreeMap::new();
        for (role, profiles) in &self.gateway.configuration.roles.bound {
            match (role, profiles.as_slice()) {
                (Role::Outbound { .. }, [profile]) => {
                    clients.extend(self.key(role, profile, false).map(|key| (role.clone(), key)));
                }
                (Role::Outbound { .. }, [_, _, ..]) => {
                    self.problems.push(LoadProblem::Crowded { role: role.clone(), profiles: profiles.clone() });
                }
                _ => {}
            }
        }
        clients
    }

    fn key(&mut self, role: &Role, profile: &ProfileName, demo: bool) -> Option<Arc<CertifiedKey>> {
        let Some(identity) = self.gateway.identities.get(profile) else {
            self.problems.push(LoadProblem::NoCertificate { role: role.clone(), profile: profile.clone() });
            return None;
        };
        let key = match self.keys.get(profile) {
            Some(known) => known.clone()?,
            None => {
                let loaded = certified(identity);
                self.keys.insert(profile.clone(), loaded.as_ref().ok().cloned());
                match loaded {
                    Ok(key) => key,
                    Err(error) => {
                        let reason = library_error::tls(&error);
                        self.problems.push(LoadProblem::Unloadable { profile: profile.clone(), reason });
                        return None;
                    }
                }
            }
        };
        if let Some(leaf) = identity.chain.first() {
            self.served.push(Served {
                role: role.to_string(),
                profile: profile.to_string(),
                sha256: leaf.sha256().to_string(),
                demo,
                not_after: leaf.not_after().unix_timestamp(),
            });
        }
        Some(key)
    }
}

/// A key with its chain, proved to belong together.
fn certified(identity: &Identity) -> Result<Arc<CertifiedKey>, rustls::Error> {
    let leaf = identity.chain.first().ok_or(rustls::Error::NoCertificatesPresented)?;
    if leaf.public_key() != identity.key.public() {
        return Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch));
    }
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key.pkcs8().to_vec()));
    let key = rustls::crypto::aws_lc_rs::default_provider().key_provider.load_private_key(key)?;
    let chain = identity.chain.iter().map(|certificate| CertificateDer::from(certificate.der().to_vec())).collect();
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

#[cfg(test)]
mod tests;
