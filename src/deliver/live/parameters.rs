//! Protocol versions and cipher suites of a kind of service, as the TLS library takes them.

use std::sync::Arc;

use rustls::SupportedProtocolVersion;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::version::{TLS12, TLS13};

use super::LoadProblem;
use crate::deliver::tls_words;
use crate::model::configuration::{TlsSettings, TlsVersion};

/// Versions and suites of which at least one goes with another.
#[derive(Debug, Clone)]
pub struct Parameters {
    pub provider: Arc<CryptoProvider>,
    pub versions: Vec<&'static SupportedProtocolVersion>,
}

impl Parameters {
    /// `None` after telling `problems` why.
    pub(super) fn of(
        service: &'static str,
        settings: &TlsSettings,
        problems: &mut Vec<LoadProblem>,
    ) -> Option<Parameters> {
        let mut provider = aws_lc_rs::default_provider();
        if let Some(names) = &settings.ciphers {
            let wanted: Vec<_> = names.iter().map(|name| (name, tls_words::suite(name))).collect();
            let unknown = wanted.iter().filter(|(_, suite)| suite.is_none());
            problems.extend(unknown.map(|(name, _)| LoadProblem::UnknownCipher { service, name: (*name).clone() }));
            // In the order of the setting: the first is preferred.
            provider.cipher_suites = wanted
                .iter()
                .filter_map(|(_, suite)| *suite)
                .filter_map(|suite| aws_lc_rs::ALL_CIPHER_SUITES.iter().find(|known| known.suite() == suite))
                .copied()
                .collect();
        }
        let versions: Vec<&'static SupportedProtocolVersion> = settings
            .versions
            .iter()
            .map(|version| match version {
                TlsVersion::V1_2 => &TLS12,
                TlsVersion::V1_3 => &TLS13,
            })
            .filter(|version| provider.cipher_suites.iter().any(|suite| suite.version().version == version.version))
            .collect();
        if versions.is_empty() {
            problems.push(LoadProblem::NothingLeft { service });
            return None;
        }
        provider.cipher_suites.retain(|suite| versions.iter().any(|known| known.version == suite.version().version));
        Some(Parameters { provider: Arc::new(provider), versions })
    }

    /// What is left, when the settings leave less than the library has: its versions and ciphers, in OpenSSL's words.
    pub fn narrowed(&self) -> Option<String> {
        let suites = &self.provider.cipher_suites;
        let whole =
            rustls::ALL_VERSIONS.len() == self.versions.len() && suites.len() == aws_lc_rs::ALL_CIPHER_SUITES.len();
        let versions = self.versions.iter().map(|version| tls_words::protocol(version.version));
        let ciphers = suites.iter().map(|suite| tls_words::cipher(*suite));
        (!whole).then(|| versions.chain(ciphers).collect::<Vec<_>>().join(" "))
    }
}
