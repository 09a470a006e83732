//! The configuration of one handshake as a client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::sign::CertifiedKey;
use rustls::version::TLS12;
use rustls::{ClientConfig, SignatureScheme, SupportedProtocolVersion};

use super::signature::{SCHEMES, SMALL_KEY_SCHEMES};
use super::verifier::Holder;
use crate::deliver::live::Parameters;

/// What a handshake is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySize {
    Usual,
    /// Again, for a peer whose RSA key is too small for TLS 1.3.
    Small,
}

/// A configuration with what the peer wanted of us.
#[derive(Debug)]
pub struct ClientTls {
    pub config: Arc<ClientConfig>,
    own: Arc<OwnCertificate>,
}

/// What the peer asked of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    /// A client certificate, and we showed ours.
    Shown,
    /// A client certificate, and we have none for this destination, or none that the peer can check.
    NotShown,
}

impl ClientTls {
    /// Versions and ciphers of deliveries, and our certificate for the destination if there is one. `None` when the settings leave
    /// no protocol version for it.
    ///
    /// Sessions are not resumed: a resumed one would skip the verifier, and connections are kept and used again instead.
    pub fn new(parameters: &Parameters, own: Option<Arc<CertifiedKey>>, key_size: KeySize) -> Option<ClientTls> {
        let small = [&TLS12];
        let (schemes, versions): (&'static [SignatureScheme], &[&'static SupportedProtocolVersion]) = match key_size {
            KeySize::Usual => (&SCHEMES, &parameters.versions),
            KeySize::Small => (&SMALL_KEY_SCHEMES, &small),
        };
        let own = Arc::new(OwnCertificate { key: own, asked: AtomicU8::new(NOTHING) });
        let mut config = ClientConfig::builder_with_provider(parameters.provider.clone())
            .with_protocol_versions(versions)
            .ok()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Holder { schemes }))
            .with_client_cert_resolver(own.clone());
        config.resumption = Resumption::disabled();
        Some(ClientTls { config: Arc::new(config), own })
    }

    /// What the peer asked of us, after a handshake.
    pub fn asked(&self) -> Asked {
        match self.own.asked.load(Ordering::Relaxed) {
            SHOWN => Asked::Shown,
            NOT_SHOWN => Asked::NotShown,
            _ => Asked::Nothing,
        }
    }
}

const NOTHING: u8 = 0;
const SHOWN: u8 = 1;
const NOT_SHOWN: u8 = 2;

#[derive(Debug)]
struct OwnCertificate {
    key: Option<Arc<CertifiedKey>>,
    asked: AtomicU8,
}

impl ResolvesClientCert for OwnCertificate {
    /// The names of authorities are hints that many servers get wrong: the one certificate that is bound is shown.
    fn resolve(&self, _authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let key = self.key.as_ref().filter(|key| key.key.choose_scheme(schemes).is_some());
        self.asked.store(if key.is_some() { SHOWN } else { NOT_SHOWN }, Ordering::Relaxed);
        key.cloned()
    }

    /// Always, so that `resolve` hears of every question.
    fn has_certs(&self) -> bool {
        true
    }
}
