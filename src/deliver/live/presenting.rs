//! Which certificate a listener shows to which client, and the server configurations around that choice.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{ClientHello, ResolvesServerCert, ServerSessionMemoryCache};
use rustls::sign::CertifiedKey;
use rustls::{ConfigBuilder, ServerConfig, SignatureAlgorithm, WantsVerifier};

use super::client_certificate::{Asking, any_client};
use super::{LoadProblem, Parameters, ServerTls};

/// Sessions of TLS 1.2 clients without tickets; a few hundred octets each.
const SESSIONS: usize = 256;
/// What a mail client that names its protocol may name (ALPACA: a web browser must not get through).
const PROTOCOLS: [&[u8]; 2] = [b"smtp", b"esmtp"];

/// The keys of a listener: by the host name that is asked for, else the default ones. ECDSA or Ed25519 goes before RSA.
#[derive(Debug)]
pub(super) struct Presenting {
    default: Vec<Arc<CertifiedKey>>,
    by_host: HashMap<String, Vec<Arc<CertifiedKey>>>,
}

impl Presenting {
    pub(super) fn new(default: Vec<Arc<CertifiedKey>>) -> Presenting {
        Presenting { default: sorted(default), by_host: HashMap::new() }
    }

    /// `host` in lower case.
    pub(super) fn add(&mut self, host: String, keys: Vec<Arc<CertifiedKey>>) {
        self.by_host.insert(host, sorted(keys));
    }
}

fn sorted(mut keys: Vec<Arc<CertifiedKey>>) -> Vec<Arc<CertifiedKey>> {
    keys.sort_by_key(|key| is_rsa(key));
    keys
}

pub(super) fn is_rsa(key: &CertifiedKey) -> bool {
    key.key.algorithm() == SignatureAlgorithm::RSA
}

impl ResolvesServerCert for Presenting {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // The library gives the name in lower case, and none for an address.
        let keys = hello.server_name().and_then(|host| self.by_host.get(host)).unwrap_or(&self.default);
        let fitting = keys.iter().find(|key| key.key.choose_scheme(hello.signature_schemes()).is_some());
        // With none that fits, the handshake ends with the right alert.
        fitting.or(keys.first()).cloned()
    }
}

impl ServerTls {
    pub(super) fn new(parameters: &Parameters, presenting: Presenting) -> Result<ServerTls, LoadProblem> {
        let presenting: Arc<dyn ResolvesServerCert> = Arc::new(presenting);
        let builder = || -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, LoadProblem> {
            ServerConfig::builder_with_provider(Arc::clone(&parameters.provider))
                .with_protocol_versions(&parameters.versions)
                .map_err(|_| LoadProblem::NothingLeft { service: "inbound" })
        };
        let asking = any_client(Asking::Optional);
        Ok(ServerTls {
            plain: finished(builder()?.with_no_client_auth().with_cert_resolver(Arc::clone(&presenting))),
            asking: finished(builder()?.with_client_cert_verifier(asking).with_cert_resolver(presenting)),
        })
    }
}

fn finished(mut config: ServerConfig) -> Arc<ServerConfig> {
    config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
    config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
    // Without random numbers for it, sessions are kept in memory alone.
    if let Ok(ticketer) = Ticketer::new() {
        config.ticketer = ticketer;
    }
    // One is what a mail client uses; the second of the library's default would be a third of what the server sends.
    config.send_tls13_tickets = 1;
    Arc::new(config)
}
